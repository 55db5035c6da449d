package dev.tokencache.migration;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The progress of the backfill, across all its runners.
 *
 * @param run the number of the run; 0 before the first
 * @param startedAtMillis when this run started, milliseconds since the epoch; 0 before the first
 * @param completedAtMillis when this run was complete, milliseconds since the epoch
 * @param keysPerSecond the maximum number of keys scanned per second; 0 for no limit
 * @param cursors by master of the old store, the cursor of the next page; a missing master is not started, and a
 *     finished one has {@link #FINISHED}
 * @param estimatedKeys how many keys the old store had when the run started, for a progress bar
 */
public record BackfillProgress(
        Status status,
        long run,
        long startedAtMillis,
        OptionalLong completedAtMillis,
        long keysPerSecond,
        Counts counts,
        Map<String, String> cursors,
        long estimatedKeys) {

    /** The cursor of a master that is scanned to its end. */
    public static final String FINISHED = "finished";

    public static final BackfillProgress NONE =
            new BackfillProgress(Status.IDLE, 0, 0, OptionalLong.empty(), 0, Counts.NONE, Map.of(), 0);

    public BackfillProgress {
        cursors = Map.copyOf(cursors);
    }

    /** This progress with the status and limit that an operator requested. */
    public BackfillProgress withRequest(Status wanted, long wantedKeysPerSecond) {
        return new BackfillProgress(
                wanted, run, startedAtMillis, completedAtMillis, wantedKeysPerSecond, counts, cursors, estimatedKeys);
    }

    /** The next run, at its beginning. */
    public BackfillProgress restarted(long nowMillis, long wantedKeysPerSecond) {
        return new BackfillProgress(
                Status.RUNNING,
                run + 1,
                nowMillis,
                OptionalLong.empty(),
                wantedKeysPerSecond,
                Counts.NONE,
                Map.of(),
                0);
    }

    public BackfillProgress withEstimate(long keys) {
        return new BackfillProgress(
                status, run, startedAtMillis, completedAtMillis, keysPerSecond, counts, cursors, keys);
    }

    public BackfillProgress advanced(String master, String cursor, Counts more) {
        Map<String, String> changed = new HashMap<>(cursors);
        changed.put(master, cursor);
        return new BackfillProgress(
                status,
                run,
                startedAtMillis,
                completedAtMillis,
                keysPerSecond,
                counts.plus(more),
                changed,
                estimatedKeys);
    }

    public BackfillProgress completed(long nowMillis) {
        return new BackfillProgress(
                Status.COMPLETE,
                run,
                startedAtMillis,
                OptionalLong.of(nowMillis),
                keysPerSecond,
                counts,
                cursors,
                estimatedKeys);
    }

    /** The requested status of a backfill. Only the lease shows whether a runner is alive. */
    public enum Status implements Labelled {
        IDLE,
        RUNNING,
        PAUSED,
        COMPLETE
    }

    /**
     * The results for the keys; {@code scanned} is the sum of the others.
     *
     * @param copied tokens that this run copied to the cluster
     * @param present tokens that were already in the cluster
     * @param skipped keys of inactive tokens, or of no token
     * @param failed tokens that could not be copied
     */
    public record Counts(long scanned, long copied, long present, long skipped, long failed) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        public Counts plus(Counts other) {
            return new Counts(
                    scanned + other.scanned,
                    copied + other.copied,
                    present + other.present,
                    skipped + other.skipped,
                    failed + other.failed);
        }
    }
}
