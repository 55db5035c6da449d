package dev.tokencache.redis;

import java.time.Duration;

/**
 * When a call must have its answer, however many commands and attempts it takes.
 *
 * @param nanos on the clock of {@link System#nanoTime}
 */
public record Deadline(long nanos) {

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    public long nanosLeft() {
        return nanos - System.nanoTime();
    }
}
