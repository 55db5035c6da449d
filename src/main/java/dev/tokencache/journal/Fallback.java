package dev.tokencache.journal;

import dev.tokencache.redis.Futures;
import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.function.Supplier;

/** Writes to the journal in the time that the store leaves of a call. */
record Fallback(Journal journal, CallLimits limits, Time time) {

    /** Limits a call that reads the journal first. */
    <T> Uni<T> limitCall(Uni<T> call) {
        return limit(call, limits.call());
    }

    /** Limits the journal's part of a call, after the store gave up. */
    <T> Uni<T> limitJournal(Uni<T> call) {
        return limit(call, limits.call().minus(limits.store()));
    }

    private <T> Uni<T> limit(Uni<T> call, Duration limit) {
        return Futures.within(
                limit,
                time,
                call,
                caller -> caller.fail(new StoreUnavailableException("the journal did not reply in time")));
    }

    /**
     * Also journals a write that fewer replicas have than configured, because a failover could undo it. Without room in the
     * journal, the result reports it as under-replicated.
     */
    <T> Uni<T> kept(T stored, Durability durability, Supplier<Uni<T>> journaled) {
        return durability == Durability.UNDER_REPLICATED && journal.hasRoom()
                ? limitJournal(journaled.get())
                        .onFailure(StoreUnavailableException.class)
                        .recoverWithItem(stored)
                : Uni.createFrom().item(stored);
    }

    /** The store's result, or the journal's in the remaining time if the store is unavailable. */
    <T> Uni<T> orElse(Uni<T> stored, Supplier<Uni<T>> journaled) {
        return stored.onFailure(StoreUnavailableException.class).recoverWithUni(() -> limitJournal(journaled.get()));
    }
}
