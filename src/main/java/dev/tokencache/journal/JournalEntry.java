package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;

/** One thing that Redis must still be told. */
public sealed interface JournalEntry {

    /** Tells this state of the entry from every other: what was replaced meanwhile must be replayed again. */
    long version();

    /**
     * A token was expired.
     *
     * @param token as the caller named it: by its id, or a foreign one by its hash
     * @param atMillis when, milliseconds since the epoch
     */
    record Expiry(TokenLocator token, long atMillis, long version) implements JournalEntry {}

    /**
     * A subject was expired.
     *
     * @param notBeforeMillis up to when, milliseconds since the epoch
     */
    record NotBefore(RoutingTag subject, long notBeforeMillis, long version) implements JournalEntry {}

    /** A token was created, renewed or validated. */
    record Kept(JournaledRecord record) implements JournalEntry {
        @Override
        public long version() {
            return record.version();
        }
    }
}
