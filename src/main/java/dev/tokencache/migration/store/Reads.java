package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Side;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;

/** Who is asked whether a token is good, before {@code done}. Never fails. */
final class Reads {

    private final TokenStore cluster;
    private final LegacyStore legacy;
    private final TokenCopier copy;
    private final Comparisons comparisons;
    private final Observations observations;
    private final Clock clock;

    Reads(TokenStore cluster, LegacyStore legacy, Comparisons comparisons, Observations observations, Clock clock) {
        this.cluster = cluster;
        this.legacy = legacy;
        this.copy = new TokenCopier(cluster);
        this.comparisons = comparisons;
        this.observations = observations;
        this.clock = clock;
    }

    static boolean isClusterFirst(TokenLocator token, MigrationState state) {
        return Bucket.of(token.hash()) < state.phase().readPercent();
    }

    Uni<Verdict> validate(TokenLocator token, MigrationState state) {
        if (isClusterFirst(token, state)) {
            return clusterAsked(state, cluster.validate(token.plain()))
                    .invoke(verdict -> comparisons.offer(token, state, Side.CLUSTER, verdict))
                    .invoke(verdict -> touchLegacy(token, verdict))
                    .chain(verdict -> orCopied(token, state, verdict));
        }
        return legacyAsked(state, legacy.find(token))
                .invoke(verdict -> comparisons.offer(token, state, Side.LEGACY, verdict))
                .invoke(verdict -> touchBoth(token, state, verdict));
    }

    Uni<Verdict> read(TokenLocator token, MigrationState state) {
        return isClusterFirst(token, state)
                ? clusterAsked(state, cluster.read(token.plain())).chain(verdict -> orCopied(token, state, verdict))
                : legacyAsked(state, legacy.find(token)).chain(verdict -> orInCluster(token, verdict));
    }

    /** What the old store can not find without its string, the cluster may know. */
    private Uni<Verdict> orInCluster(TokenLocator token, Verdict verdict) {
        return verdict instanceof Verdict.Unknown && !(token instanceof TokenLocator.Presented)
                ? cluster.read(token).map(known -> known instanceof Verdict.Active ? known : verdict)
                : Uni.createFrom().item(verdict);
    }

    /** What the cluster does not know may be alive in the old store; whether the copy is taken says if it is good. */
    private Uni<Verdict> orCopied(TokenLocator token, MigrationState state, Verdict inCluster) {
        if (!(inCluster instanceof Verdict.Inactive)) {
            return Uni.createFrom().item(inCluster);
        }
        return legacyAsked(state, legacy.find(token)).chain(inLegacy -> {
            if (!(inLegacy instanceof Verdict.Active active)) {
                return Uni.createFrom().item(inLegacy);
            }
            return legacyAnswer(state, legacy.original(token, active.token()))
                    .chain(original -> observations.told(Side.CLUSTER, state, copy.copyMissing(original)))
                    .invoke(observations::copied)
                    .map(outcome -> outcome == TokenCopier.Outcome.REFUSED ? Verdict.INACTIVE : inLegacy)
                    .onFailure()
                    .recoverWithItem(Verdict.Unknown::new);
        });
    }

    /** The cluster writes a validation down itself; the old store has to know it too, or a way back would find an idle token. */
    private void touchLegacy(TokenLocator token, Verdict verdict) {
        long now = clock.millis();
        if (verdict instanceof Verdict.Active active && active.token().isTouchDue(now)) {
            Background.run(legacy.touch(token, active.token().touched(now)));
        }
    }

    private void touchBoth(TokenLocator token, MigrationState state, Verdict verdict) {
        touchLegacy(token, verdict);
        if (state.phase().allowsCopies()
                && verdict instanceof Verdict.Active active
                && active.token().isTouchDue(clock.millis())) {
            Background.run(cluster.validate(token.plain()));
        }
    }

    private Uni<Verdict> clusterAsked(MigrationState state, Uni<Verdict> question) {
        return observations.asked(Side.CLUSTER, state, question);
    }

    private <T> Uni<T> legacyAnswer(MigrationState state, Uni<T> question) {
        return observations.told(Side.LEGACY, state, question);
    }

    private Uni<Verdict> legacyAsked(MigrationState state, Uni<Verdict> question) {
        return observations.asked(Side.LEGACY, state, question);
    }
}
