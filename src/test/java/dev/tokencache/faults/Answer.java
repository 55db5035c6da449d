package dev.tokencache.faults;

import dev.tokencache.testing.Outcome;
import java.time.Duration;

/**
 * One call and its outcome.
 *
 * @param shard the port of the master that owned the slot when the load began
 * @param startNanos when the call was sent, by {@link System#nanoTime}
 * @param endNanos when the response was complete
 */
record Answer(Kind kind, int shard, long startNanos, long endNanos, Outcome outcome) {

    enum Kind {
        READ,
        WRITE
    }

    Duration latency() {
        return Duration.ofNanos(endNanos - startNanos);
    }

    boolean isServed() {
        return outcome == Outcome.SERVED;
    }

    boolean isUnknown() {
        return outcome == Outcome.UNKNOWN;
    }
}
