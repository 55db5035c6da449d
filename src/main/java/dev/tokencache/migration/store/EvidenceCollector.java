package dev.tokencache.migration.store;

import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import java.util.Map;
import java.util.Optional;

/** Collects evidence for the shared counts; drops that of a closed window, except misses. Thread-safe. */
public final class EvidenceCollector {

    private long window = -1;
    private Evidence seen = Evidence.NONE;
    private long misses;

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

    /** Counts an acknowledged token that the cluster may lack. It has to be copied, whatever the window. */
    synchronized void missed() {
        misses++;
    }

    synchronized long misses() {
        return misses;
    }

    private void record(long seenIn, Evidence more) {
        if (seenIn == window) {
            seen = seen.plus(more);
        }
    }

    synchronized Evidence drain(long of) {
        if (of != window) {
            return Evidence.NONE;
        }
        Evidence drained = seen;
        seen = Evidence.NONE;
        return drained;
    }
}
