package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;

/** A write that Redis has not accepted yet. */
public sealed interface JournalEntry {

    /** Identifies this state of the entry. An entry that was replaced has another version and must be replayed again. */
    long version();

    /** When the store first accepted this entry, milliseconds since the epoch; 0 if it did not yet. */
    long acceptedAtMillis();

    /** The expiry of a token, named by its id, or by its hash if it is foreign; in milliseconds since the epoch. */
    record Expiry(TokenLocator token, long atMillis, long version, long acceptedAtMillis) implements JournalEntry {}

    /** The not-before time of a subject, in milliseconds since the epoch. */
    record NotBefore(RoutingTag subject, long notBeforeMillis, long version, long acceptedAtMillis)
            implements JournalEntry {}

    /** A validation that the store could not record: the record as the store returned it, with the validation. */
    record Validation(Token token, long version) implements JournalEntry {
        /** A validation is not kept once it was accepted: no answer depends on it. */
        @Override
        public long acceptedAtMillis() {
            return 0;
        }
    }

    /** The record of a token that was created, renewed or validated. */
    record SavedRecord(JournaledRecord record, long acceptedAtMillis) implements JournalEntry {
        @Override
        public long version() {
            return record.version();
        }
    }
}
