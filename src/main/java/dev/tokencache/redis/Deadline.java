package dev.tokencache.redis;

import java.time.Duration;

/** The moment by which a call must end, on the monotonic clock, however many commands it needs. */
public record Deadline(long nanos) {

    public static Deadline in(Duration duration, Time time) {
        return new Deadline(time.nanoTime() + duration.toNanos());
    }

    public long nanosLeft(Time time) {
        return nanos - time.nanoTime();
    }
}
