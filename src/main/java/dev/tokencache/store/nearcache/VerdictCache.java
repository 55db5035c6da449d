package dev.tokencache.store.nearcache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.tokencache.redis.Time;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cached verdicts and their validity. Thread-safe; a hit takes no lock.
 *
 * <p>A verdict is valid until it reaches its maximum age, the token or its subject is revoked, the bus leaves the listening
 * epoch of the lookup, or the token expires. Inactive verdicts have their own cache, so a flood of them cannot evict the
 * active ones. They are used for the service's own tokens only, since a foreign token can be created at any moment.
 */
final class VerdictCache {

    /**
     * The state at the start of a lookup in the store: the time of {@link dev.tokencache.redis.Time#nanoTime} and the
     * listening epoch of the bus. The verdict reflects this moment or a later one, so it may miss a revocation made after
     * it.
     */
    record Lookup(TokenLocator token, long startNanos, long listeningEpoch, RevocationCounters.Stamp stamp) {}

    /** The maximum age of inactive verdicts, if {@code max-age} is not shorter. */
    static final Duration NEGATIVE_MAX_AGE = Duration.ofSeconds(1);

    /** Inactive verdicts are retained longer than any lookup takes, so that a late result cannot override them. */
    private static final Duration MAX_LOOKUP = Duration.ofSeconds(10);

    private static final int ACTIVE_PER_INACTIVE = 10;

    private final Cache<TokenLocator, CachedVerdict> active;
    private final Cache<TokenLocator, CachedVerdict> inactive;
    private final RevocationCounters revocations;
    private final RevocationBus bus;
    private final Time time;
    private final Clock clock;
    private final NearCacheMetrics metrics;
    private final long maxAgeNanos;
    private final long negativeMaxAgeNanos;
    private final long staleNanos;

    VerdictCache(
            NearCacheConfig config, boolean cachesInactive, RevocationBus bus, Time time, NearCacheMetrics metrics) {
        this.bus = bus;
        this.time = time;
        this.clock = time.clock();
        this.metrics = metrics;
        this.maxAgeNanos = config.maxAge().toNanos();
        this.negativeMaxAgeNanos = cachesInactive ? Math.min(maxAgeNanos, NEGATIVE_MAX_AGE.toNanos()) : 0;
        this.staleNanos = config.staleIfError().toNanos();
        this.revocations = new RevocationCounters(config.maxEntries());
        this.active = cache(
                config.maxEntries(),
                config.maxAge().compareTo(config.staleIfError()) >= 0 ? config.maxAge() : config.staleIfError());
        this.inactive = cache(Math.max(1, config.maxEntries() / ACTIVE_PER_INACTIVE), MAX_LOOKUP);
    }

    private Cache<TokenLocator, CachedVerdict> cache(int maxEntries, Duration retention) {
        return Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(retention)
                .ticker(time::nanoTime)
                // Maintenance is cheap: the calling thread does it, instead of waking the common pool.
                .executor(Runnable::run)
                .evictionListener((token, verdict, cause) -> evicted(cause))
                .build();
    }

    private void evicted(RemovalCause cause) {
        if (cause == RemovalCause.SIZE) {
            metrics.evictedBySize.increment();
        } else {
            metrics.evictedByAge.increment();
        }
    }

    /** Returns a valid verdict, or null if the store must be read. */
    @Nullable
    CachedVerdict find(TokenLocator token) {
        CachedVerdict cached = active.getIfPresent(token);
        if (cached != null) {
            return isValid(cached, maxAgeNanos) ? cached : null;
        }
        CachedVerdict negative = token instanceof TokenLocator.ById ? inactive.getIfPresent(token) : null;
        return negative != null && isValid(negative, negativeMaxAgeNanos) ? negative : null;
    }

    private boolean isValid(CachedVerdict cached, long maxAge) {
        return isYounger(cached.startNanos(), maxAge)
                && isTrusted(cached.listeningEpoch())
                && revocations.isCurrent(cached.stamp())
                && cached.needsNoStore(clock.millis());
    }

    private boolean isYounger(long startNanos, long maxAge) {
        return time.nanoTime() - startNanos < maxAge;
    }

    private boolean isTrusted(long listeningEpoch) {
        return listeningEpoch != RevocationBus.UNTRUSTED && listeningEpoch == bus.listeningEpoch();
    }

    Lookup lookup(TokenLocator token) {
        return new Lookup(token, time.nanoTime(), bus.listeningEpoch(), revocations.now(token));
    }

    /** Whether the result of this lookup is as valid as that of one that starts now. */
    boolean isJoinable(Lookup lookup) {
        return isYounger(lookup.startNanos(), maxAgeNanos)
                && isTrusted(lookup.listeningEpoch())
                && revocations.isCurrent(lookup.stamp());
    }

    /** Caches the result of a lookup, unless a revocation arrived meanwhile. */
    void put(Lookup lookup, Verdict verdict) {
        if (verdict instanceof Verdict.Active found && found.basis() == Verdict.Basis.CURRENT) {
            putActive(lookup, found);
        } else if (verdict instanceof Verdict.Inactive) {
            putInactive(lookup, verdict);
        }
    }

    private void putActive(Lookup lookup, Verdict.Active verdict) {
        Token token = verdict.token();
        // The current stamp first: a revocation between the two then shows in the lookup's stamp.
        RevocationCounters.Stamp stamp = revocations.now(token.id());
        if (!revocations.isCurrent(lookup.stamp())) {
            return;
        }
        CachedVerdict added = CachedVerdict.of(verdict, lookup, stamp);
        active.asMap().compute(lookup.token(), (key, present) -> {
            CachedVerdict negative = inactive.getIfPresent(key);
            if (negative != null && negative.startNanos() - added.startNanos() >= 0) {
                return present;
            }
            return present == null ? added : present.later(added);
        });
    }

    /** Runs inside the active cache's computation for the token, so that the later of two lookups wins. */
    private void putInactive(Lookup lookup, Verdict verdict) {
        CachedVerdict added = CachedVerdict.of(verdict, lookup, lookup.stamp());
        active.asMap().compute(lookup.token(), (key, present) -> {
            if (present != null && present.startNanos() - added.startNanos() > 0) {
                return present;
            }
            inactive.put(key, added);
            return null;
        });
    }

    /** Returns a stale verdict for when the store is unreachable, or null. Never for a token that is known to be revoked. */
    Verdict.@Nullable Active stale(TokenLocator token) {
        CachedVerdict cached = staleNanos == 0 ? null : active.getIfPresent(token);
        return cached != null
                        && cached.verdict() instanceof Verdict.Active found
                        && isYounger(cached.startNanos(), staleNanos)
                        && revocations.isCurrent(cached.stamp())
                        && cached.isActive(clock.millis())
                ? new Verdict.Active(found.token(), Verdict.Basis.STALE)
                : null;
    }

    void revoke(Revocation revocation) {
        revocations.revoke(revocation);
    }

    long entries() {
        return active.estimatedSize() + inactive.estimatedSize();
    }
}
