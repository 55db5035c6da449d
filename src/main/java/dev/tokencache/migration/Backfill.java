package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Shows how far the backfill has come, and tells it what to do: what the admin API and the command line speak to.
 *
 * <p>Thread-safe, never blocks. Calls fail with {@link dev.tokencache.token.StoreUnavailableException} while the cluster,
 * which keeps the progress, can not be asked.
 */
public interface Backfill {

    /** How far it has come, as the cluster says now. */
    Uni<BackfillProgress> progress();

    /**
     * Asks for something. One of the replicas does it within some seconds.
     *
     * @param by the id of the caller, for the record
     */
    Uni<Outcome> request(Change change, String by);

    /** What an operator can do to a run. */
    enum Action {
        /** Begins at the beginning, also if a run was paused. */
        START,
        PAUSE,
        /** Goes on where a paused run was. */
        RESUME
    }

    /**
     * What an operator asks for; what is left out stays as it is.
     *
     * @param keysPerSecond the limit, in keys of the old store that are looked at; 0 for none
     */
    record Change(Optional<Action> action, OptionalLong keysPerSecond) {

        /** @throws IllegalArgumentException naming the field, if a value makes no sense */
        public Change {
            if (keysPerSecond.orElse(0) < 0) {
                throw new IllegalArgumentException("keys_per_second must be 0, for no limit, or more");
            }
        }
    }

    /** What became of a {@link #request}. */
    sealed interface Outcome {
        /** It is noted, or was so already. */
        record Accepted(BackfillProgress progress) implements Outcome {}

        /** It makes no sense now; the reason is for the operator. */
        record Refused(String reason) implements Outcome {}
    }
}
