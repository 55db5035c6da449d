package dev.tokencache.store.nearcache;

import dev.tokencache.redis.Time;
import dev.tokencache.store.nearcache.VerdictCache.Lookup;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A decorator that caches verdicts in memory, up to a maximum age. A revocation invalidates them immediately: one made here
 * when it begins, one made by another instance when the bus delivers it. While the bus is untrusted, each validation reads
 * the store.
 *
 * <p>{@link #read} always reads the store.
 */
public final class NearCachedTokenStore implements TokenStore, RevocationBus.Listener {

    private final TokenStore store;
    private final RevocationBus bus;
    private final VerdictCache cache;
    private final SingleFlight flights;
    private final NearCacheMetrics metrics;

    private NearCachedTokenStore(
            TokenStore store,
            RevocationBus bus,
            VerdictCache cache,
            NearCacheMetrics metrics,
            Time time,
            Duration timeout) {
        this.store = store;
        this.bus = bus;
        this.cache = cache;
        this.metrics = metrics;
        this.flights = new SingleFlight(
                cache,
                lookup -> store.validate(lookup.token()).map(verdict -> finish(lookup, verdict)),
                metrics,
                time,
                timeout);
    }

    /**
     * Wraps a store with a near cache, or returns it if the cache is turned off. Inactive verdicts must not be cached
     * while a migration can still copy the service's own tokens into the store. Throws {@link
     * IllegalArgumentException}, naming the property, if a setting is invalid.
     */
    public static TokenStore wrap(
            TokenStore store,
            RevocationBus bus,
            NearCacheConfig config,
            boolean cachesInactive,
            Duration timeout,
            Time time,
            MeterRegistry registry) {
        NearCacheConfigRules.check(config);
        if (!config.isOn()) {
            return store;
        }
        NearCacheMetrics metrics = new NearCacheMetrics(registry);
        VerdictCache cache = new VerdictCache(config, cachesInactive, bus, time, metrics);
        metrics.register(cache, bus);
        NearCachedTokenStore cached = new NearCachedTokenStore(store, bus, cache, metrics, time, timeout);
        bus.subscribe(cached);
        return cached;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        CachedVerdict cached = cache.find(token);
        if (cached != null) {
            metrics.hits.increment();
            return cached.completed();
        }
        return flights.verdict(cache.lookup(token));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        @Nullable Verdict[] verdicts = new @Nullable Verdict[tokens.size()];
        List<Lookup> lookups = new ArrayList<>();
        for (int i = 0; i < verdicts.length; i++) {
            CachedVerdict cached = cache.find(tokens.get(i));
            if (cached != null) {
                metrics.hits.increment();
                verdicts[i] = cached.verdict();
            } else {
                metrics.misses.increment();
                lookups.add(cache.lookup(tokens.get(i)));
            }
        }
        return lookups.isEmpty()
                ? Uni.createFrom().item(() -> Arrays.asList(verdicts))
                : store.validateAll(lookups.stream().map(Lookup::token).toList())
                        .map(answers -> merge(verdicts, lookups, answers));
    }

    private List<Verdict> merge(@Nullable Verdict[] cached, List<Lookup> lookups, List<Verdict> answers) {
        List<Verdict> merged = new ArrayList<>(cached.length);
        int next = 0;
        for (Verdict verdict : cached) {
            if (verdict != null) {
                merged.add(verdict);
            } else {
                merged.add(finish(lookups.get(next), answers.get(next)));
                next++;
            }
        }
        return merged;
    }

    /** Caches the verdict of the store, or replaces an unknown one with a stale one. */
    private Verdict finish(Lookup lookup, Verdict verdict) {
        if (!(verdict instanceof Verdict.Unknown)) {
            cache.put(lookup, verdict);
            return verdict;
        }
        Verdict.Active stale = cache.stale(lookup.token());
        if (stale == null) {
            return verdict;
        }
        metrics.stale.increment();
        return stale;
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return store.read(token);
    }

    /** A foreign token may have been looked up before it existed; one of the service's own cannot. */
    @Override
    public Uni<Creation> create(NewToken token) {
        Uni<Creation> creation = store.create(token);
        return token.isForeign()
                ? creation.onTermination()
                        .invoke(() -> cache.revoke(
                                new Revocation.OfToken(token.token().id().hash())))
                : creation;
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return invalidating(
                new Revocation.OfToken(token.hash()),
                store.renew(token, lifetime),
                renewal ->
                        renewal instanceof Renewal.Renewed renewed ? renewed.durability() : Durability.AS_CONFIGURED);
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return invalidating(
                new Revocation.OfToken(token.hash()), store.expire(token, atMillis), durability -> durability);
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return invalidating(
                new Revocation.OfSubject(subject), store.expireSubject(subject, before), SubjectNotBefore::durability);
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return invalidating(
                new Revocation.OfSubject(kept.tag()), store.expireOthers(kept, before), SubjectNotBefore::durability);
    }

    /**
     * Invalidates verdicts before and after the change, since a lookup in between may see either state. It does so also if the
     * outcome is unknown. Announces changes that the store does not publish itself.
     */
    private <T> Uni<T> invalidating(Revocation revocation, Uni<T> change, Function<T, Durability> durability) {
        return Uni.createFrom()
                .deferred(() -> {
                    cache.revoke(revocation);
                    return change;
                })
                .onTermination()
                .invoke((done, failure, isCancelled) -> {
                    cache.revoke(revocation);
                    if (failure != null || isCancelled || durability.apply(done) == Durability.JOURNALED) {
                        bus.announce(revocation);
                    }
                });
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return invalidating(
                new Revocation.OfToken(token.token().id().hash()),
                store.restore(token),
                restoration -> Durability.AS_CONFIGURED);
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return store.list(subject, paging);
    }

    @Override
    public void revoked(Revocation revocation, Duration age, boolean isFirst) {
        cache.revoke(revocation);
        if (isFirst) {
            metrics.revoked(revocation, age);
        }
    }
}
