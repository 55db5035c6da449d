package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.CompareAndRetry;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.MigrationStates.BackfillLease;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Completes a run that has scanned everything, or starts it again if the cluster may have missed tokens behind it. */
record BackfillCompletion(MigrationStates states, Clock clock) {

    private static final Logger LOG = Logger.getLogger(BackfillCompletion.class);
    private static final int ATTEMPTS = 5;

    /** Ends a run whose scan has reached its end, under the lease of its runner. */
    Uni<Void> complete(BackfillProgress progress, BackfillLease lease) {
        return CompareAndRetry.<Boolean>run(
                        ATTEMPTS, "other instances keep changing the migration", () -> openWindow(progress))
                .chain(isOpen -> isOpen ? markComplete(progress, lease) : restart(progress));
    }

    /**
     * Discards the comparisons that were made before the last copy, unless the run has to start again: tokens were missed after
     * it began. Empty if the state changed in between, perhaps because tokens were missed.
     */
    private Uni<Optional<Boolean>> openWindow(BackfillProgress progress) {
        return states.read().chain(shared -> {
            MigrationState state = shared.state();
            if (state.mirroredSinceMillis().orElse(0) > progress.startedAtMillis()) {
                return Uni.createFrom().item(Optional.of(false));
            }
            return states.compareAndSet(state.withNewWindow())
                    .map(isSet -> isSet ? Optional.of(true) : Optional.empty());
        });
    }

    private Uni<Void> restart(BackfillProgress progress) {
        return states.read().chain(shared -> restart(progress, shared.backfill()));
    }

    private Uni<Void> restart(BackfillProgress progress, BackfillProgress present) {
        if (present.run() != progress.run() || present.status() != Status.RUNNING) {
            return Uni.createFrom().voidItem();
        }
        LOG.infof(
                "Backfill restarts: the cluster missed tokens or lost a master during the run; run=%d", present.run());
        return states.request(present, present.restarted(clock.millis(), present.keysPerSecond()))
                .replaceWithVoid();
    }

    private Uni<Void> markComplete(BackfillProgress progress, BackfillLease lease) {
        BackfillProgress completed = progress.completed(clock.millis());
        return states.advance(lease, completed)
                .invoke(isNoted -> log(completed, isNoted))
                .replaceWithVoid();
    }

    private static void log(BackfillProgress progress, boolean isNoted) {
        if (isNoted) {
            BackfillProgress.Counts counts = progress.counts();
            LOG.infof(
                    "Backfill complete; run=%d scanned=%d copied=%d present=%d skipped=%d failed=%d",
                    progress.run(),
                    counts.scanned(),
                    counts.copied(),
                    counts.present(),
                    counts.skipped(),
                    counts.failed());
        }
    }
}
