package dev.tokencache.migration;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How far the backfill has come, in all its runners together.
 *
 * @param status what it does
 * @param run one more with each start from the beginning; 0 before the first
 * @param startedAtMillis when this run began, milliseconds since the epoch; 0 before the first
 * @param completedAtMillis when this run had seen all, milliseconds since the epoch
 * @param keysPerSecond the limit; 0 for none
 * @param counts what became of the keys
 * @param cursors by master of the old store, where to go on; a master that is missing is at its beginning, one that is done
 *     has {@link #FINISHED}
 * @param estimatedKeys how many keys the old store had when the run began, for a progress bar
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

    /** The cursor of a master that was walked to its end. */
    public static final String FINISHED = "finished";

    public static final BackfillProgress NONE =
            new BackfillProgress(Status.IDLE, 0, 0, OptionalLong.empty(), 0, Counts.NONE, Map.of(), 0);

    public BackfillProgress {
        cursors = Map.copyOf(cursors);
    }

    /** This progress, with what an operator wants. */
    public BackfillProgress withRequest(Status wanted, long wantedKeysPerSecond) {
        return new BackfillProgress(
                wanted, run, startedAtMillis, completedAtMillis, wantedKeysPerSecond, counts, cursors, estimatedKeys);
    }

    /** A run from the beginning that follows this one. */
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

    /** This run, which will look at so many keys, roughly. */
    public BackfillProgress withEstimate(long keys) {
        return new BackfillProgress(
                status, run, startedAtMillis, completedAtMillis, keysPerSecond, counts, cursors, keys);
    }

    /** This run, some keys further: those of a master up to a cursor. */
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

    /** This run, which has seen all. */
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

    /** What a backfill does, as asked for; whether a runner is alive is a matter of its lease. */
    public enum Status {
        /** Never started. */
        IDLE,
        RUNNING,
        PAUSED,
        COMPLETE
    }

    /**
     * What became of the keys: {@code scanned} is the sum of the others.
     *
     * @param scanned keys that were looked at
     * @param copied now in the cluster by this backfill
     * @param present in the cluster already
     * @param skipped dead, expired, under a mark, or no token
     * @param failed could not be copied; the run is complete only if there are none left
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
