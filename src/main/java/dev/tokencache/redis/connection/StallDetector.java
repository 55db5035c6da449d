package dev.tokencache.redis.connection;

import dev.tokencache.redis.Time;
import java.time.Duration;

/**
 * Suspends deadlines right after an event-loop stall: replies may already be waiting in the socket, and if the whole machine
 * stalled, a node needs a moment to reply. Belongs to one event loop.
 */
final class StallDetector {

    private final Time time;
    private final long stallNanos;
    private final long graceNanos;
    private long lastSweepNanos;
    private long graceEndNanos;
    private long stalledNanos;
    private boolean isInGrace;

    /**
     * @param stall a gap between two sweeps longer than this is a stall
     * @param grace how long deadlines are suspended after a stall
     */
    StallDetector(Time time, Duration stall, Duration grace) {
        this.time = time;
        this.stallNanos = stall.toNanos();
        this.graceNanos = grace.toNanos();
        this.lastSweepNanos = time.nanoTime();
    }

    /** Whether the loop has stalled and the grace period is not over, so that silence of a node proves nothing. */
    boolean isStalled() {
        return isInGrace || time.nanoTime() - lastSweepNanos > stallNanos;
    }

    /** Records a sweep, and returns whether it may enforce deadlines: at least one between two grace periods. */
    boolean sweep() {
        long now = time.nanoTime();
        long gap = now - lastSweepNanos;
        boolean isLate = gap > stallNanos;
        lastSweepNanos = now;
        stalledNanos += isLate ? gap - stallNanos : 0;
        if (isInGrace) {
            isInGrace = now - graceEndNanos < 0;
        } else if (isLate) {
            isInGrace = true;
            graceEndNanos = now + graceNanos;
        }
        return !isInGrace;
    }

    /** How long the loop has stalled in all. Nodes on a machine that stalled cannot have replied in that time. */
    long stalledNanos() {
        return stalledNanos;
    }
}
