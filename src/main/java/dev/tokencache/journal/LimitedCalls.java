package dev.tokencache.journal;

import dev.tokencache.redis.Futures;
import dev.tokencache.redis.Time;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Fails calls that take longer than their {@link CallLimits}. */
record LimitedCalls(CallLimits limits, Time time) {

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
}
