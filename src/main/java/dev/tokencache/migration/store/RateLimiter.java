package dev.tokencache.migration.store;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Keeps a walk below a number of keys per second. Not thread-safe. */
final class RateLimiter {

    private static final int MAX_PAGE = 500;
    private static final int PAGES_PER_SECOND = 4;
    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    /** Rests are short, so that a new limit or a pause is noticed soon. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private long keysPerSecond;
    private long freeAtNanos;

    /** @param nanos a clock that only goes forward, in nanoseconds */
    RateLimiter(LongSupplier nanos) {
        this.nanos = nanos;
        this.freeAtNanos = nanos.getAsLong();
    }

    /** @param changed the most keys per second; 0 for no limit */
    void limit(long changed) {
        if (changed != keysPerSecond) {
            keysPerSecond = changed;
            freeAtNanos = nanos.getAsLong();
        }
    }

    /** How many keys to ask for at once. */
    int pageSize() {
        return keysPerSecond == 0 ? MAX_PAGE : (int) Math.min(MAX_PAGE, Math.max(1, keysPerSecond / PAGES_PER_SECOND));
    }

    /** Some keys were taken. What was not used in time is lost: there are no bursts after a standstill. */
    void taken(int keys) {
        if (keysPerSecond != 0) {
            freeAtNanos = Math.max(freeAtNanos, nanos.getAsLong()) + (long) (keys * NANOS / keysPerSecond);
        }
    }

    /** How long to wait before the next keys; perhaps not all of it. */
    Duration rest() {
        long rest = freeAtNanos - nanos.getAsLong();
        if (keysPerSecond == 0 || rest <= 0) {
            return Duration.ZERO;
        }
        return Duration.ofNanos(Math.min(rest, LONGEST_REST.toNanos()));
    }
}
