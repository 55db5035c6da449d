package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reports the progress of the backfill and controls it. The admin API and the command line use it.
 *
 * <p>Thread-safe, never blocks. Calls fail with {@link dev.tokencache.token.StoreUnavailableException} while the
 * cluster, which stores the progress, is unreachable.
 */
public interface Backfill {

    /** Reads the progress from the cluster. */
    Uni<BackfillProgress> progress();

    /**
     * Requests a change. One of the instances carries it out within a few seconds.
     *
     * @param by the id of the caller, for the log
     */
    Uni<Outcome> request(Change change, String by);

    /** What an operator can do with a run. */
    enum Action {
        /** Starts a run from the beginning, even if another one is paused. */
        START,
        PAUSE,
        /** Continues a paused run. */
        RESUME
    }

    /**
     * A change that an operator requests. Absent values stay as they are.
     *
     * @param keysPerSecond the maximum number of keys that are scanned per second; 0 for no limit
     */
    record Change(Optional<Action> action, OptionalLong keysPerSecond) {

        /** @throws IllegalArgumentException naming the field, if a value is invalid */
        public Change {
            if (keysPerSecond.orElse(0) < 0) {
                throw new IllegalArgumentException("keys_per_second must be 0, for no limit, or more");
            }
        }
    }

    /** The result of {@link #request}. */
    sealed interface Outcome {
        /** The request is stored, or changed nothing. */
        record Accepted(BackfillProgress progress) implements Outcome {}

        /** The request is invalid in the present state. The reason is for the operator. */
        record Refused(String reason) implements Outcome {}
    }
}
