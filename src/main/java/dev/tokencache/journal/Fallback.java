package dev.tokencache.journal;

import dev.tokencache.token.Durability;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/** Writes to the journal in the time that the store leaves of a call. */
record Fallback(Journal journal, LimitedCalls limits) {

    /** Limits a call that reads the journal first. */
    <T> Uni<T> limitCall(Uni<T> call) {
        return limits.limitCall(call);
    }

    /**
     * Also journals a write that fewer replicas have than configured, because a failover could undo it. Without room in the
     * journal, the result reports it as under-replicated.
     */
    <T> Uni<T> kept(T stored, Durability durability, Supplier<Uni<T>> journaled) {
        return durability == Durability.UNDER_REPLICATED && journal.hasRoom()
                ? limits.limitJournal(journaled.get())
                        .onFailure(StoreUnavailableException.class)
                        .recoverWithItem(stored)
                : Uni.createFrom().item(stored);
    }

    /** The store's result, or the journal's in the remaining time if the store is unavailable. */
    <T> Uni<T> orElse(Uni<T> stored, Supplier<Uni<T>> journaled) {
        return stored.onFailure(StoreUnavailableException.class)
                .recoverWithUni(() -> limits.limitJournal(journaled.get()));
    }
}
