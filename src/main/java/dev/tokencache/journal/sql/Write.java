package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;

sealed interface Write {

    PendingCall<?> caller();

    /** A write of an entry. Any number of these share a transaction. */
    sealed interface Entry extends Write {
        EntryKey key();
    }

    /**
     * @param replaced the version of the record to replace; empty if there must be none
     * @param isValidation whether only a validation distinguishes the two records
     */
    record SaveRecord(JournaledRecord record, OptionalLong replaced, boolean isValidation, PendingCall<Boolean> caller)
            implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofRecord(record.token().id().hash());
        }
    }

    record Expire(TokenLocator token, long atMillis, PendingCall<Void> caller) implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofExpiry(token);
        }
    }

    /** @param before the not-before time; empty for all tokens that exist now */
    record ExpireSubject(RoutingTag subject, OptionalLong before, PendingCall<Long> caller) implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofNotBefore(subject);
        }
    }

    record Touch(Token token, PendingCall<Void> caller) implements Entry {
        @Override
        public EntryKey key() {
            return EntryKey.ofValidation(token.id().hash());
        }
    }

    /** A change of the backlog, in its own transaction; {@code added} is negative if a result removed entries. */
    record Backlog<T>(Database.Work<T> work, ToIntFunction<T> added, PendingCall<T> caller) implements Write {}
}
