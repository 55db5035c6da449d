package dev.tokencache.migration;

import dev.tokencache.migration.BackfillProgress.Status;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Reports the progress of the backfill, and applies the requests of operators to it. Thread-safe, never blocks. Calls fail
 * with {@link dev.tokencache.token.StoreUnavailableException} while the cluster, which stores the progress, is unreachable.
 */
public record Backfill(MigrationStates states, Clock clock) {

    private static final Logger LOG = Logger.getLogger(Backfill.class);

    /** How often a request is decided again after another caller changed the backfill. */
    private static final int ATTEMPTS = 3;

    public enum Action implements Labelled {
        /** Starts a run from the beginning, even if another one is paused. */
        START,
        PAUSE,
        /** Continues a paused run. */
        RESUME
    }

    /** A change that an operator requests; absent values stay as they are, and 0 keys per second is no limit. */
    public record Change(Optional<Action> action, OptionalLong keysPerSecond) {}

    public sealed interface Outcome {
        /** The request is stored, or changed nothing. */
        record Accepted(BackfillProgress progress) implements Outcome {}

        /** The request is invalid in the present state. The reason is for the operator. */
        record Refused(String reason) implements Outcome {}
    }

    public Uni<BackfillProgress> progress() {
        return states.read().map(MigrationStates.Shared::backfill);
    }

    /** Requests a change, which one of the instances carries out within seconds; {@code by} is a caller, for the log. */
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
            return states.request(shared.backfill(), accepted.progress())
                    .invoke(isDone -> audit(shared.backfill(), accepted.progress(), by, isDone))
                    .map(isDone -> isDone ? Optional.of(decided) : Optional.empty());
        });
    }

    static Outcome decide(MigrationStates.Shared shared, Change change, long nowMillis) {
        BackfillProgress present = shared.backfill();
        long limit = change.keysPerSecond().orElse(present.keysPerSecond());
        if (change.action().isEmpty()) {
            return new Outcome.Accepted(present.withRequest(present.status(), limit));
        }
        MigrationPhase phase = shared.state().phase();
        Action action = change.action().get();
        if (action != Action.PAUSE && !phase.allowsCopies()) {
            return new Outcome.Refused("phase " + phase.name() + " allows no copies; mirror, ramp and cluster do");
        }
        boolean isOpen = present.status() == Status.RUNNING || present.status() == Status.PAUSED;
        return switch (action) {
            case START ->
                present.status() == Status.RUNNING
                        ? new Outcome.Refused("run " + present.run() + " is in progress: pause it first")
                        : new Outcome.Accepted(present.restarted(nowMillis, limit));
            case PAUSE ->
                isOpen
                        ? new Outcome.Accepted(present.withRequest(Status.PAUSED, limit))
                        : new Outcome.Refused("no run is in progress");
            case RESUME ->
                isOpen
                        ? new Outcome.Accepted(present.withRequest(Status.RUNNING, limit))
                        : new Outcome.Refused("no run is paused: start one");
        };
    }

    private static void audit(BackfillProgress before, BackfillProgress after, String by, boolean isDone) {
        if (isDone) {
            LOG.infof(
                    "Backfill changed; run=%d from=%s to=%s keys_per_second=%d by=%s",
                    after.run(), before.status(), after.status(), after.keysPerSecond(), by);
        }
    }
}
