package dev.tokencache.migration;

import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import org.jboss.logging.Logger;

/** The wishes of operators, on the progress that all replicas share. */
public final class SharedBackfill implements Backfill {

    private static final Logger LOG = Logger.getLogger(SharedBackfill.class);

    /** How often a wish is decided anew because somebody else was faster. */
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
    public Uni<Outcome> request(Wish wish, String by) {
        return request(wish, by, ATTEMPTS);
    }

    private Uni<Outcome> request(Wish wish, String by, int attempts) {
        return states.read().chain(shared -> {
            Outcome decided = decide(shared, wish, clock.millis());
            if (!(decided instanceof Outcome.Accepted accepted)
                    || accepted.progress().equals(shared.backfill())) {
                return Uni.createFrom().item(decided);
            }
            return ledger.request(shared.backfill(), accepted.progress()).chain(isDone -> {
                if (isDone) {
                    audit(shared.backfill(), accepted.progress(), by);
                    return Uni.createFrom().item(decided);
                }
                return attempts > 1
                        ? request(wish, by, attempts - 1)
                        : Uni.createFrom()
                                .failure(
                                        new StoreUnavailableException("the backfill is being changed again and again"));
            });
        });
    }

    /** What a wish leads to. Pure. */
    static Outcome decide(MigrationStates.Shared shared, Wish wish, long nowMillis) {
        BackfillProgress present = shared.backfill();
        long limit = wish.keysPerSecond().orElse(present.keysPerSecond());
        if (wish.action().isEmpty()) {
            return new Outcome.Accepted(present.asked(present.status(), limit));
        }
        MigrationPhase phase = shared.state().phase();
        return switch (wish.action().get()) {
            case START -> {
                if (!phase.allowsCopies()) {
                    yield noCopies(phase);
                }
                yield present.status() == Status.RUNNING
                        ? new Outcome.Refused("run " + present.run() + " is under way: pause it first")
                        : new Outcome.Accepted(present.anew(nowMillis, limit));
            }
            case PAUSE ->
                present.status() == Status.RUNNING || present.status() == Status.PAUSED
                        ? new Outcome.Accepted(present.asked(Status.PAUSED, limit))
                        : new Outcome.Refused("no run is under way");
            case RESUME -> {
                if (!phase.allowsCopies()) {
                    yield noCopies(phase);
                }
                yield present.status() == Status.RUNNING || present.status() == Status.PAUSED
                        ? new Outcome.Accepted(present.asked(Status.RUNNING, limit))
                        : new Outcome.Refused("no run was paused: start one");
            }
        };
    }

    private static Outcome noCopies(MigrationPhase phase) {
        return new Outcome.Refused("in " + phase.name() + " nothing may be copied, but in mirror, ramp and cluster");
    }

    private static void audit(BackfillProgress before, BackfillProgress after, String by) {
        LOG.infof(
                "Backfill asked for; run=%d from=%s to=%s keys_per_second=%d by=%s",
                after.run(), before.status(), after.status(), after.keysPerSecond(), by);
    }
}
