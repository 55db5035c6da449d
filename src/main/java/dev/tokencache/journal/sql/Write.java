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
    record SaveRecord(
            EntryKey key,
            JournaledRecord record,
            OptionalLong replaced,
            boolean isValidation,
            PendingCall<Boolean> caller)
            implements Entry {}

    record Expire(EntryKey key, TokenLocator token, long atMillis, PendingCall<Void> caller) implements Entry {}

    /** @param before the not-before time; empty for all tokens that exist now */
    record ExpireSubject(EntryKey key, RoutingTag subject, OptionalLong before, PendingCall<Long> caller)
            implements Entry {}

    record Touch(EntryKey key, Token token, PendingCall<Void> caller) implements Entry {}

    /** A change of the backlog, in its own transaction; {@code added} is negative if a result removed entries. */
    record Backlog<T>(Database.Work<T> work, ToIntFunction<T> added, PendingCall<T> caller) implements Write {}
}
