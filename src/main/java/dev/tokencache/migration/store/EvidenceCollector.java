package dev.tokencache.migration.store;

import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import java.util.Map;
import java.util.Optional;

/**
 * What this process has seen in the present window and has not added to the common counts yet. What belongs to a window
 * that is over is forgotten, but for what the cluster has missed. Thread-safe.
 */
public final class EvidenceCollector {

    private long window = -1;
    private Evidence seen = Evidence.NONE;
    private long misses;

    /** Starts a window, if it is another one than the present. */
    public synchronized void enter(long present) {
        if (present != window) {
            window = present;
            seen = Evidence.NONE;
        }
    }

    synchronized void compared(long seenIn, Optional<Mismatch> mismatch) {
        record(seenIn, new Evidence(1, mismatch.map(kind -> Map.of(kind, 1L)).orElse(Map.of()), Map.of()));
    }

    synchronized void failed(long seenIn, Side side) {
        record(seenIn, new Evidence(0, Map.of(), Map.of(side, 1L)));
    }

    /** A token was acknowledged that the cluster may not have (any more): whatever the window, it has to be copied yet. */
    synchronized void missed() {
        misses++;
    }

    /** How often that has happened in this process. */
    synchronized long misses() {
        return misses;
    }

    private void record(long seenIn, Evidence more) {
        if (seenIn == window) {
            seen = seen.plus(more);
        }
    }

    /** Takes out what was seen in a window. */
    synchronized Evidence drain(long of) {
        if (of != window) {
            return Evidence.NONE;
        }
        Evidence drained = seen;
        seen = Evidence.NONE;
        return drained;
    }
}
