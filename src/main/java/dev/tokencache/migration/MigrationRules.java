package dev.tokencache.migration;

import dev.tokencache.migration.MigrationDial.Change;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.token.InvalidRequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decides whether a change of the state is allowed. After {@code maxTtl} every live token was mirrored. Pure. */
record MigrationRules(MigrationConfig config, Duration maxTtl) {

    /** Raising the read percentage up to this value needs no evidence. */
    private static final int FREE_READ_PERCENT = 50;

    /** The next state, or the reasons why there is none. */
    record Decision(Optional<MigrationState> next, List<String> why) {}

    /** @throws InvalidRequestException if a value is invalid */
    Decision decide(MigrationStates.Shared shared, Change change, String by, long nowMillis) {
        MigrationPhase present = shared.state().phase();
        MigrationPhase next = next(present, change);
        if (!present.step().canBecome(next.step())) {
            String why = "the phase cannot change from " + present.name() + " to " + next.name()
                    + ": only one step forward or any number back, and done is final";
            return new Decision(Optional.empty(), List.of(why));
        }
        if (isGuarded(present, next) && !change.force()) {
            List<String> obstacles = obstacles(shared, nowMillis);
            if (!obstacles.isEmpty()) {
                return new Decision(Optional.empty(), obstacles);
            }
        }
        return new Decision(Optional.of(shared.state().to(next, by, nowMillis)), List.of());
    }

    private static MigrationPhase next(MigrationPhase present, Change change) {
        Step target = change.phase().orElse(present.step());
        boolean stays = target == present.step();
        int mirror = change.mirrorPercent()
                .orElse(
                        present.mirrorPercent() == 0 && !stays
                                ? MigrationPhase.DEFAULT_MIRROR_PERCENT
                                : present.mirrorPercent());
        int read = change.readPercent()
                .orElse(
                        stays || present.step().compareTo(Step.RAMP) > 0
                                ? present.readPercent()
                                : MigrationPhase.DEFAULT_READ_PERCENT);
        MigrationPhase next = MigrationPhase.of(target, read, mirror);
        if (change.readPercent().isPresent() && target != Step.RAMP) {
            throw new InvalidRequestException("read_percent", "applies to ramp only");
        }
        return next;
    }

    private static boolean isGuarded(MigrationPhase present, MigrationPhase next) {
        boolean readsMore = next.readPercent() > FREE_READ_PERCENT && next.readPercent() > present.readPercent();
        boolean advances =
                next.step().compareTo(present.step()) > 0 && next.step().compareTo(Step.RAMP) > 0;
        return readsMore || advances;
    }

    /** Why the evidence does not suffice for a guarded step; empty if it does. */
    List<String> obstacles(MigrationStates.Shared shared, long nowMillis) {
        MigrationState state = shared.state();
        if (state.phase().is(Step.DONE)) {
            return List.of("the migration is done");
        }
        List<String> reasons = new ArrayList<>();
        Evidence evidence = shared.evidence();
        if (evidence.comparisons() < config.minComparisons()) {
            reasons.add(
                    "comparisons since the last change: " + evidence.comparisons() + " of " + config.minComparisons());
        }
        if (evidence.mismatchRate() > config.maxMismatchRate()) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "mismatches: %d of %d comparisons, above the maximum rate of %s",
                    evidence.allMismatches(),
                    evidence.comparisons(),
                    config.maxMismatchRate()));
        }
        if (!isAllCopied(shared, nowMillis)) {
            reasons.add(
                    "no backfill that began after the mirroring is complete, and the maximum TTL has not passed since");
        }
        return reasons;
    }

    private boolean isAllCopied(MigrationStates.Shared shared, long nowMillis) {
        if (shared.state().mirroredSinceMillis().isEmpty()) {
            return false;
        }
        long mirroredSince = shared.state().mirroredSinceMillis().getAsLong();
        BackfillProgress backfill = shared.backfill();
        boolean isBackfilled = backfill.status() == BackfillProgress.Status.COMPLETE
                && backfill.startedAtMillis() >= mirroredSince
                && backfill.counts().failed() == 0;
        return isBackfilled || nowMillis - mirroredSince >= maxTtl.toMillis();
    }
}
