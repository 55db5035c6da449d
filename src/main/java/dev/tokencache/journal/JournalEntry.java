package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;

/** A write that Redis has not accepted yet. */
public sealed interface JournalEntry {

    /** Identifies this state of the entry. An entry that was replaced has another version and must be replayed again. */
    long version();

    /**
     * The expiry of a token.
     *
     * @param token as the caller named it: by its id, or a foreign token by its hash
     * @param atMillis when it was expired, milliseconds since the epoch
     */
    record Expiry(TokenLocator token, long atMillis, long version) implements JournalEntry {}

    /**
     * The not-before time of a subject.
     *
     * @param notBeforeMillis milliseconds since the epoch
     */
    record NotBefore(RoutingTag subject, long notBeforeMillis, long version) implements JournalEntry {}

    /** The record of a token that was created, renewed or validated. */
    record SavedRecord(JournaledRecord record) implements JournalEntry {
        @Override
        public long version() {
            return record.version();
        }
    }
}
