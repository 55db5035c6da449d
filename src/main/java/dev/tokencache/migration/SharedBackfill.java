package dev.tokencache.migration;

import dev.tokencache.migration.BackfillProgress.Status;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Applies the requests of operators to the progress that all instances share. */
public final class SharedBackfill implements Backfill {

    private static final Logger LOG = Logger.getLogger(SharedBackfill.class);

    /** How often a request is decided again after another caller changed the backfill. */
    private static final int ATTEMPTS = 3;

    private final MigrationStates states;
    private final BackfillLedger ledger;
    private final Clock clock;

    public SharedBackfill(MigrationStates states, BackfillLedger ledger, Clock clock) {
        this.states = states;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public Uni<BackfillProgress> progress() {
        return states.read().map(MigrationStates.Shared::backfill);
    }

    @Override
    public Uni<Outcome> request(Change change, String by) {
        return CompareAndRetry.run(ATTEMPTS, "other callers keep changing the backfill", () -> tryRequest(change, by));
    }

    private Uni<Optional<Outcome>> tryRequest(Change change, String by) {
        return states.read().chain(shared -> {
            Outcome decided = decide(shared, change, clock.millis());
            if (!(decided instanceof Outcome.Accepted accepted)
                    || accepted.progress().equals(shared.backfill())) {
                return Uni.createFrom().item(Optional.of(decided));
            }
            return ledger.request(shared.backfill(), accepted.progress())
                    .invoke(isDone -> audit(shared.backfill(), accepted.progress(), by, isDone))
                    .map(isDone -> isDone ? Optional.of(decided) : Optional.empty());
        });
    }

    /** Decides a request. Pure. */
    static Outcome decide(MigrationStates.Shared shared, Change change, long nowMillis) {
        BackfillProgress present = shared.backfill();
        long limit = change.keysPerSecond().orElse(present.keysPerSecond());
        if (change.action().isEmpty()) {
            return new Outcome.Accepted(present.withRequest(present.status(), limit));
        }
        MigrationPhase phase = shared.state().phase();
        return switch (change.action().get()) {
            case START -> {
                if (!phase.allowsCopies()) {
                    yield noCopies(phase);
                }
                yield present.status() == Status.RUNNING
                        ? new Outcome.Refused("run " + present.run() + " is in progress: pause it first")
                        : new Outcome.Accepted(present.restarted(nowMillis, limit));
            }
            case PAUSE ->
                present.status() == Status.RUNNING || present.status() == Status.PAUSED
                        ? new Outcome.Accepted(present.withRequest(Status.PAUSED, limit))
                        : new Outcome.Refused("no run is in progress");
            case RESUME -> {
                if (!phase.allowsCopies()) {
                    yield noCopies(phase);
                }
                yield present.status() == Status.RUNNING || present.status() == Status.PAUSED
                        ? new Outcome.Accepted(present.withRequest(Status.RUNNING, limit))
                        : new Outcome.Refused("no run is paused: start one");
            }
        };
    }

    private static Outcome noCopies(MigrationPhase phase) {
        return new Outcome.Refused("phase " + phase.name() + " allows no copies; mirror, ramp and cluster do");
    }

    private static void audit(BackfillProgress before, BackfillProgress after, String by, boolean isDone) {
        if (isDone) {
            LOG.infof(
                    "Backfill changed; run=%d from=%s to=%s keys_per_second=%d by=%s",
                    after.run(), before.status(), after.status(), after.keysPerSecond(), by);
        }
    }
}
