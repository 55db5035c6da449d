package dev.tokencache.migration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which change of the state is allowed when. Pure. */
final class MigrationRules {

    /** Up to this part of the reads nobody asks for evidence. */
    private static final int FREE_READ_PERCENT = 50;

    private final MigrationConfig config;
    private final Duration longestTtl;

    /** @param longestTtl the longest that a token can live: after that, all that is alive was mirrored */
    MigrationRules(MigrationConfig config, Duration longestTtl) {
        this.config = config;
        this.longestTtl = longestTtl;
    }

    /** What a change leads to: the next state, or why not. */
    record Decision(Optional<MigrationState> next, AdvanceCheck why) {}

    /** @throws IllegalArgumentException naming the field, if a value makes no sense */
    Decision decide(MigrationStates.Shared shared, MigrationChange change, String by, long nowMillis) {
        MigrationPhase present = shared.state().phase();
        Optional<MigrationPhase> next = next(present, change);
        if (next.isEmpty()) {
            return refused(List.of("from " + present.name() + " there is no way to "
                    + change.phase().orElse(present.name())
                    + ": one step forward, any number back, and none out of done"));
        }
        if (isGuarded(present, next.get()) && !change.force()) {
            AdvanceCheck may = mayAdvance(shared, nowMillis);
            if (!may.isOk()) {
                return new Decision(Optional.empty(), may);
            }
        }
        return new Decision(Optional.of(shared.state().to(next.get(), by, nowMillis)), new AdvanceCheck(List.of()));
    }

    private static Decision refused(List<String> reasons) {
        return new Decision(Optional.empty(), new AdvanceCheck(reasons));
    }

    private static Optional<MigrationPhase> next(MigrationPhase present, MigrationChange change) {
        String target = change.phase().orElse(present.name());
        boolean stays = target.equals(present.name());
        int mirror = change.mirrorPercent()
                .orElse(
                        present.mirrorPercent() == 0 && !stays
                                ? MigrationPhase.DEFAULT_MIRROR_PERCENT
                                : present.mirrorPercent());
        int read = change.readPercent()
                .orElse(stays || present.order() > 2 ? present.readPercent() : MigrationPhase.DEFAULT_READ_PERCENT);
        MigrationPhase wanted = MigrationPhase.of(target, read, mirror)
                .orElseThrow(
                        () -> new IllegalArgumentException("phase must be one of legacy, mirror, ramp, cluster, done"));
        if (change.readPercent().isPresent() && !(wanted instanceof MigrationPhase.Ramp)) {
            throw new IllegalArgumentException("read_percent is of ramp alone");
        }
        return transition(present, target, read, mirror);
    }

    /** The transitions that the types have. */
    private static Optional<MigrationPhase> transition(MigrationPhase from, String to, int read, int mirror) {
        if (from instanceof MigrationPhase.Legacy legacy) {
            return pick(to, legacy, legacy.mirror(mirror), null, null, null);
        }
        if (from instanceof MigrationPhase.Mirror present) {
            return pick(to, present.legacy(), present.mirror(mirror), present.ramp(read, mirror), null, null);
        }
        if (from instanceof MigrationPhase.Ramp ramp) {
            return pick(to, ramp.legacy(), ramp.mirror(mirror), ramp.ramp(read, mirror), ramp.cluster(mirror), null);
        }
        if (from instanceof MigrationPhase.Cluster cluster) {
            return pick(
                    to,
                    cluster.legacy(),
                    cluster.mirror(mirror),
                    cluster.ramp(read, mirror),
                    cluster.cluster(mirror),
                    cluster.done());
        }
        return Optional.empty();
    }

    private static Optional<MigrationPhase> pick(
            String name,
            MigrationPhase.Legacy legacy,
            MigrationPhase.Mirror mirror,
            MigrationPhase.@Nullable Ramp ramp,
            MigrationPhase.@Nullable Cluster cluster,
            MigrationPhase.@Nullable Done done) {
        return switch (name) {
            case "legacy" -> Optional.of(legacy);
            case "mirror" -> Optional.of(mirror);
            case "ramp" -> Optional.ofNullable(ramp);
            case "cluster" -> Optional.ofNullable(cluster);
            case "done" -> Optional.ofNullable(done);
            default -> Optional.empty();
        };
    }

    private static boolean isGuarded(MigrationPhase present, MigrationPhase next) {
        boolean reads = next.readPercent() > FREE_READ_PERCENT && next.readPercent() > present.readPercent();
        boolean steps = next.order() > present.order() && next.order() > 2;
        return reads || steps;
    }

    /** Whether there is enough evidence for a guarded step. */
    AdvanceCheck mayAdvance(MigrationStates.Shared shared, long nowMillis) {
        MigrationState state = shared.state();
        if (state.phase() instanceof MigrationPhase.Done) {
            return new AdvanceCheck(List.of("the migration is done"));
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
                    "mismatches: %d of %d comparisons, more than the rate of %s",
                    evidence.allMismatches(),
                    evidence.comparisons(),
                    config.maxMismatchRate()));
        }
        if (!isAllCopied(shared, nowMillis)) {
            reasons.add(
                    "neither a backfill that began after the mirroring has completed, nor has the longest TTL passed since");
        }
        return new AdvanceCheck(reasons);
    }

    private boolean isAllCopied(MigrationStates.Shared shared, long nowMillis) {
        if (shared.state().mirroredSinceMillis().isEmpty()) {
            return false;
        }
        long mirroredSince = shared.state().mirroredSinceMillis().getAsLong();
        BackfillProgress backfill = shared.backfill();
        boolean isBackfilled = backfill.status() == BackfillProgress.Status.COMPLETE
                && backfill.startedAtMillis() >= mirroredSince
                && backfill.tally().failed() == 0;
        return isBackfilled || nowMillis - mirroredSince >= longestTtl.toMillis();
    }
}
