package dev.tokencache.redis.connection;

/**
 * When a loop may judge who is late with an answer: not right after the loop itself stood still, and with it maybe the whole
 * machine. Answers may be here and not read yet, and a node that stood still as well needs a moment to give one.
 */
final class StallDetector {

    private final long lateNanos;
    private final long graceNanos;
    private long lastNanos;
    private long graceEndNanos;
    private boolean isInGrace;

    /**
     * @param lateNanos after how long without a sweep the loop stood still
     * @param graceNanos how long nobody is judged then
     * @param nowNanos of {@link System#nanoTime()}
     */
    StallDetector(long lateNanos, long graceNanos, long nowNanos) {
        this.lateNanos = lateNanos;
        this.graceNanos = graceNanos;
        this.lastNanos = nowNanos;
    }

    /** Whether the loop stood still a moment ago, or there was no sweep since it did: then silence says nothing. */
    boolean isDoubtful(long nowNanos) {
        return isInGrace || nowNanos - lastNanos > lateNanos;
    }

    /**
     * Asked at each sweep. Two times of grace have a judgement between them, so that a loop which is always late judges, too.
     *
     * @param nowNanos of {@link System#nanoTime()}
     */
    boolean mayJudge(long nowNanos) {
        boolean isLate = nowNanos - lastNanos > lateNanos;
        lastNanos = nowNanos;
        if (isInGrace) {
            isInGrace = nowNanos - graceEndNanos < 0;
        } else if (isLate) {
            isInGrace = true;
            graceEndNanos = nowNanos + graceNanos;
        }
        return !isInGrace;
    }
}
