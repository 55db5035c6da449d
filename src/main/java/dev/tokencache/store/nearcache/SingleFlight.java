package dev.tokencache.store.nearcache;

import dev.tokencache.redis.Futures;
import dev.tokencache.redis.Time;
import dev.tokencache.store.nearcache.VerdictCache.Lookup;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** Coalesces lookups of a token: a call joins one in flight if its result is as valid as a new one. Thread-safe. */
final class SingleFlight {

    private static final Verdict LATE =
            new Verdict.Unknown(new StoreUnavailableException("the store did not reply in time"));

    private final VerdictCache cache;
    private final Function<Lookup, Uni<Verdict>> load;
    private final NearCacheMetrics metrics;
    private final Time time;
    private final Duration timeout;
    private final ConcurrentMap<TokenLocator, Flight> inFlight = new ConcurrentHashMap<>();

    private record Flight(Lookup lookup, Uni<Verdict> verdict) {}

    /** @param timeout how long a call may take, including the lookup that it joins */
    SingleFlight(
            VerdictCache cache,
            Function<Lookup, Uni<Verdict>> load,
            NearCacheMetrics metrics,
            Time time,
            Duration timeout) {
        this.cache = cache;
        this.load = load;
        this.metrics = metrics;
        this.time = time;
        this.timeout = timeout;
    }

    /** Joins a lookup in flight, or starts this one. */
    Uni<Verdict> verdict(Lookup lookup) {
        if (!cache.isJoinable(lookup)) {
            // Do not coalesce lookups while the bus is untrusted.
            return load(lookup);
        }
        Flight flight = inFlight.compute(
                lookup.token(),
                (token, present) -> present != null && cache.isJoinable(present.lookup()) ? present : start(lookup));
        return flight.lookup() == lookup ? flight.verdict() : join(flight, lookup);
    }

    private Uni<Verdict> load(Lookup lookup) {
        metrics.misses.increment();
        return load.apply(lookup);
    }

    private Flight start(Lookup lookup) {
        return new Flight(
                lookup,
                Uni.createFrom()
                        .deferred(() -> load(lookup))
                        .onTermination()
                        .invoke(() -> finished(lookup))
                        .memoize()
                        .indefinitely());
    }

    private void finished(Lookup lookup) {
        inFlight.computeIfPresent(lookup.token(), (token, present) -> present.lookup() == lookup ? null : present);
    }

    private Uni<Verdict> join(Flight flight, Lookup lookup) {
        metrics.coalesced.increment();
        Uni<Verdict> shared = onOwnContext(flight.verdict());
        // Another instance may have created a foreign token since the joined lookup started.
        return lookup.token() instanceof TokenLocator.Foreign
                ? shared.chain(verdict -> verdict instanceof Verdict.Inactive
                        ? loadInTime(lookup)
                        : Uni.createFrom().item(verdict))
                : shared;
    }

    /** Reads the store in the time that the joined lookup has left of the call. */
    private Uni<Verdict> loadInTime(Lookup lookup) {
        Duration left = timeout.minusNanos(time.nanoTime() - lookup.startNanos());
        return left.isNegative() || left.isZero()
                ? Uni.createFrom().item(LATE)
                : Futures.within(left, time, load(lookup), late -> late.complete(LATE));
    }

    /** Continues on the caller's event loop: the joined lookup may run on another one. */
    private static Uni<Verdict> onOwnContext(Uni<Verdict> shared) {
        Context context = Vertx.currentContext();
        return context == null ? shared : shared.emitOn(task -> context.runOnContext(resumed -> task.run()));
    }
}
