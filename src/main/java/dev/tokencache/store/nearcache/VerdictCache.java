package dev.tokencache.store.nearcache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The verdicts that are kept, and when they still hold. Thread-safe, without locks on the way of a hit.
 *
 * <p>A verdict is good for as long as it is young enough, nothing was revoked since the store was asked for it, the bus is
 * sure of the same stretch as it was then, and the token's own times say nothing else. Inactive verdicts are apart, so
 * that no flood of them can drive out the others, and are kept of tokens of ours alone: what one of another system is can
 * change at any moment, by its creation.
 */
final class VerdictCache {

    /** An inactive verdict outlives each question that was under way when it came, which may be answered late. */
    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(10);

    private static final int ACTIVE_PER_INACTIVE = 10;

    private final Cache<TokenLocator, CachedVerdict> active;
    private final Cache<TokenLocator, CachedVerdict> inactive;
    private final RevocationCounters generations;
    private final RevocationBus bus;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final NearCacheMetrics metrics;
    private final long maxAgeNanos;
    private final long negativeMaxAgeNanos;
    private final long staleNanos;

    VerdictCache(
            NearCacheConfig config,
            boolean keepsInactive,
            RevocationBus bus,
            Clock clock,
            LongSupplier nanoTime,
            NearCacheMetrics metrics) {
        this.bus = bus;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        this.maxAgeNanos = config.maxAge().toNanos();
        this.negativeMaxAgeNanos =
                keepsInactive ? Math.min(maxAgeNanos, config.negativeMaxAge().toNanos()) : 0;
        this.staleNanos = config.staleIfError().toNanos();
        this.generations = new RevocationCounters(config.maxEntries());
        this.active = cache(config.maxEntries(), longer(config.maxAge(), config.staleIfError()));
        this.inactive = cache(
                Math.max(1, config.maxEntries() / ACTIVE_PER_INACTIVE),
                longer(LONGEST_QUESTION, config.negativeMaxAge()));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private Cache<TokenLocator, CachedVerdict> cache(int maxEntries, Duration retention) {
        return Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(retention)
                .ticker(nanoTime::getAsLong)
                // What little there is to do, whoever comes by does: no thread of the common pool is woken.
                .executor(Runnable::run)
                .evictionListener((token, verdict, cause) -> evicted(cause))
                .build();
    }

    private void evicted(RemovalCause cause) {
        if (cause == RemovalCause.SIZE) {
            metrics.outOfRoom();
        } else {
            metrics.outOfAge();
        }
    }

    /** The verdict that still holds, or null if the store must be asked. */
    @Nullable
    CachedVerdict find(TokenLocator token) {
        CachedVerdict kept = active.getIfPresent(token);
        if (kept != null) {
            return holds(kept, maxAgeNanos) ? kept : null;
        }
        // What another system's token is, can change by its creation.
        CachedVerdict bad = token instanceof TokenLocator.ById ? inactive.getIfPresent(token) : null;
        return bad != null && holds(bad, negativeMaxAgeNanos) ? bad : null;
    }

    private boolean holds(CachedVerdict kept, long maxAge) {
        return isYounger(kept.askedNanos(), maxAge)
                && isSure(kept.listeningEpoch())
                && generations.isCurrent(kept.stamp())
                && kept.isWithinItsTimes(clock.millis());
    }

    private boolean isYounger(long askedNanos, long maxAge) {
        return nanoTime.getAsLong() - askedNanos < maxAge;
    }

    private boolean isSure(long listeningEpoch) {
        return listeningEpoch != RevocationBus.NOT_SURE && listeningEpoch == bus.listeningEpoch();
    }

    /** A question that is put to the store now. */
    CacheLookup ask(TokenLocator token) {
        return new CacheLookup(token, nanoTime.getAsLong(), bus.listeningEpoch(), generations.now(token));
    }

    /** Whether the answer to a question that is under way is as good as that to the same question, put now. */
    boolean isStillOpen(CacheLookup question) {
        return isYounger(question.askedNanos(), maxAgeNanos)
                && isSure(question.listeningEpoch())
                && generations.isCurrent(question.stamp());
    }

    /** Takes note of what the store said, unless something was revoked meanwhile. */
    void answered(CacheLookup question, Verdict verdict) {
        if (verdict instanceof Verdict.Active found && found.basis() == Verdict.Basis.CURRENT) {
            keepActive(question, found);
        } else if (verdict instanceof Verdict.Inactive) {
            keepInactive(question, verdict);
        }
    }

    private void keepActive(CacheLookup question, Verdict.Active verdict) {
        Token token = verdict.token();
        // First the present and then the question's: a revocation between the two shows in the question's.
        RevocationCounters.Stamp stamp = generations.now(token.id());
        if (!generations.isCurrent(question.stamp())) {
            return;
        }
        CachedVerdict kept = CachedVerdict.of(verdict, question, stamp);
        active.asMap().compute(question.token(), (key, present) -> {
            CachedVerdict bad = inactive.getIfPresent(key);
            if (bad != null && bad.askedNanos() - kept.askedNanos() >= 0) {
                return present;
            }
            return present == null ? kept : present.later(kept);
        });
    }

    /** Within the other's computation for the same token, so that the later of two verdicts wins. */
    private void keepInactive(CacheLookup question, Verdict verdict) {
        CachedVerdict bad = CachedVerdict.of(verdict, question, question.stamp());
        active.asMap().compute(question.token(), (key, present) -> {
            if (present != null && present.askedNanos() - bad.askedNanos() > 0) {
                return present;
            }
            inactive.put(key, bad);
            return null;
        });
    }

    /** What may be told although the store can not be asked, or null. Never of a token that is known to be revoked. */
    Verdict.@Nullable Active stale(TokenLocator token) {
        CachedVerdict kept = staleNanos == 0 ? null : active.getIfPresent(token);
        return kept != null
                        && kept.verdict() instanceof Verdict.Active found
                        && isYounger(kept.askedNanos(), staleNanos)
                        && generations.isCurrent(kept.stamp())
                        && kept.isGood(clock.millis())
                ? new Verdict.Active(found.token(), Verdict.Basis.STALE)
                : null;
    }

    void revoke(Revocation revocation) {
        generations.revoke(revocation);
    }

    /** About how many verdicts are kept, whether they still hold or not. */
    long entries() {
        return active.estimatedSize() + inactive.estimatedSize();
    }
}
