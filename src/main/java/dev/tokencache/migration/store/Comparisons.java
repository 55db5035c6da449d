package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/**
 * Asks the other side about a part of the tokens that were validated, behind the answer, and counts how the two differ.
 *
 * <p>Two questions are never of one moment: what differs is asked again on both sides a little later, and only what differs then
 * still counts. When too many comparisons are under way, further ones are left out. What neither side
 * holds for good is no evidence.
 */
final class Comparisons {

    private static final long TOLERATED_SECONDS = 2;

    private final TokenStore cluster;
    private final LegacyStore legacy;
    private final EvidenceCollector evidence;
    private final MigrationEvents events;
    private final int atOnce;
    private final Duration secondLook;
    private final IntUnaryOperator random;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * @param atOnce the most comparisons that may be under way
     * @param secondLook after how long a difference is looked at again
     */
    Comparisons(
            TokenStore cluster,
            LegacyStore legacy,
            EvidenceCollector evidence,
            MigrationEvents events,
            int atOnce,
            Duration secondLook) {
        this.cluster = cluster;
        this.legacy = legacy;
        this.evidence = evidence;
        this.events = events;
        this.atOnce = atOnce;
        this.secondLook = secondLook;
        this.random = bound -> ThreadLocalRandom.current().nextInt(bound);
    }

    /**
     * Perhaps compares, behind the answer.
     *
     * @param answered the side that the verdict is from
     */
    void offer(TokenLocator token, MigrationState state, Side answered, Verdict verdict) {
        if (verdict instanceof Verdict.Unknown
                || random.applyAsInt(100) >= state.phase().mirrorPercent()) {
            return;
        }
        if (underWay.incrementAndGet() > atOnce) {
            underWay.decrementAndGet();
            events.shed();
            return;
        }
        Background.run(compare(token, state, answered, verdict).eventually(underWay::decrementAndGet));
    }

    private Uni<Void> compare(TokenLocator token, MigrationState state, Side answered, Verdict verdict) {
        Uni<Pair> first = answered == Side.LEGACY
                ? cluster.read(token.plain()).map(other -> new Pair(verdict, other))
                : legacy.find(token).map(other -> new Pair(other, verdict));
        return first.chain(pair -> pair.mismatch().isEmpty() ? Uni.createFrom().item(pair) : lookAgain(token))
                .invoke(pair -> count(state, pair))
                .replaceWithVoid();
    }

    private Uni<Pair> lookAgain(TokenLocator token) {
        Uni<Void> later = Uni.createFrom().voidItem();
        return (secondLook.isZero() ? later : later.onItem().delayIt().by(secondLook)).chain(() -> Uni.combine()
                .all()
                .unis(legacy.find(token), cluster.read(token.plain()))
                .with(Pair::new));
    }

    private void count(MigrationState state, Pair pair) {
        if (pair.isEvidence()) {
            evidence.compared(state.window(), pair.mismatch());
            events.compared(pair.mismatch());
        }
    }

    /** What both sides say of a token. */
    record Pair(Verdict inLegacy, Verdict inCluster) {

        /** Whether both have answered, and one of them holds the token for good. */
        boolean isEvidence() {
            boolean isKnown = !(inLegacy instanceof Verdict.Unknown) && !(inCluster instanceof Verdict.Unknown);
            return isKnown && (inLegacy instanceof Verdict.Active || inCluster instanceof Verdict.Active);
        }

        Optional<Mismatch> mismatch() {
            if (!isEvidence()) {
                return Optional.empty();
            }
            if (!(inCluster instanceof Verdict.Active cluster)) {
                return Optional.of(Mismatch.MISSING_IN_CLUSTER);
            }
            return inLegacy instanceof Verdict.Active legacy
                    ? mismatch(legacy.token(), cluster.token())
                    : Optional.of(Mismatch.MISSING_IN_LEGACY);
        }

        private static Optional<Mismatch> mismatch(Token legacy, Token cluster) {
            if (!legacy.sub().equals(cluster.sub())) {
                return Optional.of(Mismatch.OTHER_SUBJECT);
            }
            if (!claims(legacy).equals(claims(cluster))) {
                return Optional.of(Mismatch.OTHER_CLAIMS);
            }
            return Math.abs(legacy.expiresAt() - cluster.expiresAt()) > TOLERATED_SECONDS
                    ? Optional.of(Mismatch.OTHER_EXPIRY)
                    : Optional.empty();
        }

        /** No claims and an empty object say the same. */
        private static String claims(Token token) {
            Claims claims = token.claims();
            return claims == null ? "{}" : claims.toString();
        }
    }
}
