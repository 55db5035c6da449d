package dev.tokencache.redis;

import java.time.Duration;

/**
 * The moment by which a call must end, however many commands and attempts it needs.
 *
 * @param nanos on the monotonic clock, see {@link Time#nanoTime()}
 */
public record Deadline(long nanos) {

    /** A deadline on the clock of the given time. */
    public static Deadline in(Duration duration, Time time) {
        return new Deadline(time.nanoTime() + duration.toNanos());
    }

    public long nanosLeft(Time time) {
        return nanos - time.nanoTime();
    }
}
