package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillLedger;
import dev.tokencache.migration.BackfillLedger.BackfillLease;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import org.jboss.logging.Logger;

/** What becomes of a run that has seen all: it is complete, unless it may have been past something that the cluster missed. */
final class BackfillCompletion {

    private static final Logger LOG = Logger.getLogger(BackfillCompletion.class);

    private static final int ATTEMPTS_TO_OPEN_A_WINDOW = 5;

    private final MigrationStates states;
    private final BackfillLedger ledger;
    private final Clock clock;

    BackfillCompletion(MigrationStates states, BackfillLedger ledger, Clock clock) {
        this.states = states;
        this.ledger = ledger;
        this.clock = clock;
    }

    /**
     * Ends a run, under the lease of its runner.
     *
     * @param progress all that was to be seen is in it
     */
    Uni<Void> of(BackfillProgress progress, BackfillLease lease) {
        return of(progress, lease, ATTEMPTS_TO_OPEN_A_WINDOW);
    }

    /** What was compared before the last copy says little of what is there now, and is forgotten before the run is complete. */
    private Uni<Void> of(BackfillProgress progress, BackfillLease lease, int attempts) {
        return states.read().chain(shared -> {
            MigrationState state = shared.state();
            if (state.mirroredSinceMillis().orElse(0) > progress.startedAtMillis()) {
                return beginAnew(progress, shared.backfill());
            }
            return states.compareAndSet(state.withNewWindow()).chain(isSet -> {
                if (isSet) {
                    return complete(progress, lease);
                }
                // Perhaps by a miss, so everything is looked at again.
                return attempts > 1
                        ? of(progress, lease, attempts - 1)
                        : Uni.createFrom().failure(new StoreUnavailableException("the state changes again and again"));
            });
        });
    }

    private Uni<Void> beginAnew(BackfillProgress progress, BackfillProgress present) {
        if (present.run() != progress.run() || present.status() != Status.RUNNING) {
            return Uni.createFrom().voidItem();
        }
        LOG.infof(
                "Backfill begins anew, since the cluster has missed tokens meanwhile or lost a master; run=%d",
                present.run());
        return ledger.request(present, present.anew(clock.millis(), present.keysPerSecond()))
                .replaceWithVoid();
    }

    private Uni<Void> complete(BackfillProgress progress, BackfillLease lease) {
        BackfillProgress completed = progress.completed(clock.millis());
        return ledger.advance(lease, completed)
                .invoke(isNoted -> log(completed, isNoted))
                .replaceWithVoid();
    }

    private static void log(BackfillProgress progress, boolean isNoted) {
        if (isNoted) {
            BackfillProgress.Tally tally = progress.tally();
            LOG.infof(
                    "Backfill complete; run=%d scanned=%d copied=%d present=%d skipped=%d failed=%d",
                    progress.run(), tally.scanned(), tally.copied(), tally.present(), tally.skipped(), tally.failed());
        }
    }
}
