package dev.tokencache.store.nearcache;

import dev.tokencache.store.nearcache.VerdictCache.Lookup;
import dev.tokencache.token.Token;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;

/**
 * A verdict of the store as a completed Uni, so that a hit allocates nothing, with the conditions under which it was
 * learned: {@code startNanos} is when the lookup started, on the clock of {@link dev.tokencache.redis.Time#nanoTime}.
 */
record CachedVerdict(
        Verdict verdict, Uni<Verdict> completed, long startNanos, long listeningEpoch, RevocationCounters.Stamp stamp) {

    static CachedVerdict of(Verdict verdict, Lookup lookup, RevocationCounters.Stamp stamp) {
        return new CachedVerdict(
                verdict, Uni.createFrom().item(verdict), lookup.startNanos(), lookup.listeningEpoch(), stamp);
    }

    /** Whether the store need not be called: the token has not expired, and no validation must be recorded. */
    boolean needsNoStore(long nowMillis) {
        return !(verdict instanceof Verdict.Active active)
                || (isActive(active.token(), nowMillis) && !active.token().isTouchDue(nowMillis));
    }

    /** Whether the token was active and has not expired since. */
    boolean isActive(long nowMillis) {
        return verdict instanceof Verdict.Active active && isActive(active.token(), nowMillis);
    }

    private static boolean isActive(Token token, long nowMillis) {
        return token.isActive(nowMillis, Token.NOT_BEFORE_UNSET);
    }

    CachedVerdict later(CachedVerdict other) {
        return other.startNanos - startNanos > 0 ? other : this;
    }
}
