package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.redis.Time;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Compares a sample of the validated tokens with the other side, in the background, and counts the mismatches.
 *
 * <p>The two reads happen at different moments. A mismatch is therefore read again on both sides after a short delay, and
 * counts only if it is still there. Too many comparisons in flight are skipped. A token that is inactive on both sides is
 * no evidence.
 */
final class Comparisons {

    private static final long TOLERATED_SECONDS = 2;

    /** Comparisons beyond this number in flight are skipped. */
    private static final int MAX_CONCURRENT = 64;

    private final TokenStore cluster;
    private final LegacyStore legacy;
    private final EvidenceCollector evidence;
    private final MigrationMetrics events;
    private final Duration recheckDelay;
    private final ExpiryLimit limit;
    private final Time time;
    private final AtomicInteger inFlight = new AtomicInteger();

    Comparisons(
            TokenStore cluster,
            LegacyStore legacy,
            EvidenceCollector evidence,
            MigrationMetrics events,
            Duration recheckDelay,
            ExpiryLimit limit,
            Time time) {
        this.cluster = cluster;
        this.legacy = legacy;
        this.evidence = evidence;
        this.events = events;
        this.recheckDelay = recheckDelay;
        this.limit = limit;
        this.time = time;
    }

    /** Compares the token in the background if the sample selects it; {@code answered} is the side of the verdict. */
    void offer(TokenLocator token, MigrationState state, Side answered, Verdict verdict) {
        if (verdict instanceof Verdict.Unknown
                || time.random().nextInt(100) >= state.phase().mirrorPercent()) {
            return;
        }
        if (inFlight.incrementAndGet() > MAX_CONCURRENT) {
            inFlight.decrementAndGet();
            events.shed();
            return;
        }
        BestEffort.run(compare(token, state, answered, verdict).eventually(inFlight::decrementAndGet));
    }

    private Uni<Void> compare(TokenLocator token, MigrationState state, Side answered, Verdict verdict) {
        Uni<Pair> first = answered == Side.LEGACY
                ? cluster.read(token.plain()).map(other -> new Pair(verdict, other, limit))
                : legacy.find(token).map(other -> new Pair(other, verdict, limit));
        return first.chain(pair -> pair.mismatch().isEmpty() ? Uni.createFrom().item(pair) : recheck(token))
                .invoke(pair -> count(state, pair))
                .replaceWithVoid();
    }

    private Uni<Pair> recheck(TokenLocator token) {
        return after(recheckDelay, time).chain(() -> Uni.combine()
                .all()
                .unis(legacy.find(token), cluster.read(token.plain()))
                .with((inLegacy, inCluster) -> new Pair(inLegacy, inCluster, limit)));
    }

    static Uni<Void> after(Duration delay, Time time) {
        return delay.isZero()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().emitter(emitter -> time.schedule(delay, () -> emitter.complete(null)));
    }

    private void count(MigrationState state, Pair pair) {
        if (pair.isEvidence()) {
            evidence.compared(state.window(), pair.mismatch());
            events.compared(pair.mismatch());
        }
    }

    record Pair(Verdict inLegacy, Verdict inCluster, ExpiryLimit limit) {

        /** Whether both verdicts are known and at least one is active. */
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

        private Optional<Mismatch> mismatch(Token legacy, Token cluster) {
            if (!legacy.sub().equals(cluster.sub())) {
                return Optional.of(Mismatch.OTHER_SUBJECT);
            }
            if (!claims(legacy).equals(claims(cluster))) {
                return Optional.of(Mismatch.OTHER_CLAIMS);
            }
            boolean isOther = Math.abs(legacy.expiresAt() - cluster.expiresAt()) > TOLERATED_SECONDS;
            return isOther && !limit.isReachedBy(legacy) ? Optional.of(Mismatch.OTHER_EXPIRY) : Optional.empty();
        }

        /** No claims and an empty object are equal. */
        private static String claims(Token token) {
            Claims claims = token.claims();
            return claims == null ? "{}" : claims.toString();
        }
    }
}
