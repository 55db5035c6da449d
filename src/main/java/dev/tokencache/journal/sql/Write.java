package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

/** Something that waits to be written. */
sealed interface Write {

    /** Who waits for it. */
    PendingCall<?> caller();

    /** Something that may add a row; any number of these share a transaction. */
    sealed interface Entry extends Write {
        /** The row that it makes, or changes. */
        EntryKey key();
    }

    /** A token's record. @param replaced the version of the record that it replaces; empty if there must be none */
    record Keep(JournaledRecord record, OptionalLong replaced, PendingCall<Boolean> caller) implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofRecord(record.token().id().hash());
        }
    }

    /** A token's expiry. */
    record Expire(TokenLocator token, long atMillis, PendingCall<Void> caller) implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofExpiry(token);
        }
    }

    /** A subject's mark; without a moment for "all that exist now". */
    record ExpireSubject(RoutingTag subject, OptionalLong before, PendingCall<Long> caller) implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofNotBefore(subject);
        }
    }

    /**
     * What is done with entries that wait for Redis: a transaction of its own.
     *
     * @param added how many entries there are more by that, or (negative) fewer
     */
    record Backlog<T>(Database.Work<T> work, ToIntFunction<T> added, PendingCall<T> caller) implements Write {}
}
