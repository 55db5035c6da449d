package dev.tokencache.store.nearcache;

import dev.tokencache.token.Token;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;

/**
 * A verdict of the store, and what it was learnt under.
 *
 * @param answer the verdict, ready to be given away
 * @param askedNanos when the store was asked, on the clock of nanoTime
 */
record CachedVerdict(
        Verdict verdict, Uni<Verdict> answer, long askedNanos, long listeningEpoch, RevocationCounters.Stamp stamp) {

    static CachedVerdict of(Verdict verdict, CacheLookup question, RevocationCounters.Stamp stamp) {
        return new CachedVerdict(
                verdict, Uni.createFrom().item(verdict), question.askedNanos(), question.listeningEpoch(), stamp);
    }

    /**
     * Whether the store need not be asked whether the token has come to its end, or be told of its validation.
     *
     * @param nowMillis the present, milliseconds since the epoch
     */
    boolean isWithinItsTimes(long nowMillis) {
        return !(verdict instanceof Verdict.Active active)
                || (isGood(active.token(), nowMillis) && !active.token().isTouchDue(nowMillis));
    }

    /** What it says if nobody can be asked. */
    boolean isGood(long nowMillis) {
        return verdict instanceof Verdict.Active active && isGood(active.token(), nowMillis);
    }

    private static boolean isGood(Token token, long nowMillis) {
        return token.isActive(nowMillis, Token.NOT_BEFORE_UNSET);
    }

    CachedVerdict later(CachedVerdict other) {
        return other.askedNanos - askedNanos > 0 ? other : this;
    }
}
