package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Side;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;

/** Reads verdicts from the two sides, in the phases before {@code done}. Never fails. */
record ReadPath(
        TokenStore cluster,
        LegacyStore legacy,
        TokenCopier copier,
        Comparisons comparisons,
        CallRecorder recorder,
        Clock clock) {

    static boolean isClusterFirst(TokenLocator token, MigrationState state) {
        return bucket(token.hash()) < state.phase().readPercent();
    }

    /** Which of a hundred equal buckets a token is in: the same on every instance, for the whole life of the token. */
    private static int bucket(TokenHash hash) {
        byte[] bytes = hash.bytes();
        int first = (bytes[0] & 0xff) << 16 | (bytes[1] & 0xff) << 8 | bytes[2] & 0xff;
        return first % 100;
    }

    Uni<Verdict> validate(TokenLocator token, MigrationState state) {
        if (isClusterFirst(token, state)) {
            return readCluster(state, cluster.validate(token.plain()))
                    .invoke(verdict -> comparisons.offer(token, state, Side.CLUSTER, verdict))
                    .invoke(verdict -> touchLegacy(token, verdict))
                    .chain(verdict -> orFromLegacy(token, state, verdict));
        }
        return readLegacy(state, legacy.find(token))
                .invoke(verdict -> comparisons.offer(token, state, Side.LEGACY, verdict))
                .invoke(verdict -> touchBoth(token, state, verdict));
    }

    Uni<Verdict> read(TokenLocator token, MigrationState state) {
        return isClusterFirst(token, state)
                ? readCluster(state, cluster.read(token.plain())).chain(verdict -> orFromLegacy(token, state, verdict))
                : readLegacy(state, legacy.find(token)).chain(verdict -> orFromCluster(token, verdict));
    }

    /** Reads from the cluster a token that the old store cannot find without its string. */
    private Uni<Verdict> orFromCluster(TokenLocator token, Verdict verdict) {
        return verdict instanceof Verdict.Unknown && !(token instanceof TokenLocator.Presented)
                ? cluster.read(token).map(known -> known instanceof Verdict.Active ? known : verdict)
                : Uni.createFrom().item(verdict);
    }

    /** Copies a token of the old store that the cluster lacks. It is active only if the cluster accepts the copy. */
    private Uni<Verdict> orFromLegacy(TokenLocator token, MigrationState state, Verdict inCluster) {
        if (!(inCluster instanceof Verdict.Inactive)) {
            return Uni.createFrom().item(inCluster);
        }
        return readLegacy(state, legacy.find(token)).chain(inLegacy -> {
            if (!(inLegacy instanceof Verdict.Active active)) {
                return Uni.createFrom().item(inLegacy);
            }
            return recordLegacy(state, legacy.original(token, active.token()))
                    .chain(original -> recorder.write(Side.CLUSTER, state, copier.copyMissing(original)))
                    .invoke(recorder::copied)
                    .map(outcome -> outcome == TokenCopier.Outcome.REFUSED ? Verdict.INACTIVE : inLegacy)
                    .onFailure()
                    .recoverWithItem(Verdict.Unknown::new);
        });
    }

    /** Records the validation in the old store too: after a step back the token would be idle. */
    private void touchLegacy(TokenLocator token, Verdict verdict) {
        long now = clock.millis();
        if (verdict instanceof Verdict.Active active && active.token().isTouchDue(now)) {
            BestEffort.run(legacy.touch(token, active.token().touched(now)));
        }
    }

    private void touchBoth(TokenLocator token, MigrationState state, Verdict verdict) {
        touchLegacy(token, verdict);
        if (state.phase().allowsCopies()
                && verdict instanceof Verdict.Active active
                && active.token().isTouchDue(clock.millis())) {
            BestEffort.run(cluster.validate(token.plain()));
        }
    }

    private Uni<Verdict> readCluster(MigrationState state, Uni<Verdict> read) {
        return recorder.read(Side.CLUSTER, state, read);
    }

    private <T> Uni<T> recordLegacy(MigrationState state, Uni<T> read) {
        return recorder.write(Side.LEGACY, state, read);
    }

    private Uni<Verdict> readLegacy(MigrationState state, Uni<Verdict> read) {
        return recorder.read(Side.LEGACY, state, read);
    }
}
