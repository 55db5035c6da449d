package dev.tokencache.migration.store;

import dev.tokencache.redis.Time;
import java.time.Duration;

/** Limits a scan to a number of keys per second. Not thread-safe. */
public final class RateLimiter {

    private static final int MAX_PAGE = 500;
    private static final int PAGES_PER_SECOND = 4;
    private static final double NANOS = Duration.ofSeconds(1).toNanos();

    /** Delays are short because a new limit or a pause must take effect soon. */
    private static final Duration MAX_DELAY = Duration.ofSeconds(1);

    private final Time time;
    private long keysPerSecond;
    private long freeAtNanos;

    public RateLimiter(Time time) {
        this.time = time;
        this.freeAtNanos = time.nanoTime();
    }

    /** @param changed the maximum number of keys per second; 0 for no limit */
    public void limit(long changed) {
        if (changed != keysPerSecond) {
            keysPerSecond = changed;
            freeAtNanos = time.nanoTime();
        }
    }

    public int pageSize() {
        return keysPerSecond == 0 ? MAX_PAGE : (int) Math.min(MAX_PAGE, Math.max(1, keysPerSecond / PAGES_PER_SECOND));
    }

    /** Counts scanned keys. Unused capacity expires, so a stall is not followed by a burst. */
    public void scanned(int keys) {
        if (keysPerSecond != 0) {
            freeAtNanos = Math.max(freeAtNanos, time.nanoTime()) + (long) (keys * NANOS / keysPerSecond);
        }
    }

    /** How long to wait before asking again; at most one second of the whole delay. */
    public Duration delay() {
        long nanos = freeAtNanos - time.nanoTime();
        if (keysPerSecond == 0 || nanos <= 0) {
            return Duration.ZERO;
        }
        return Duration.ofNanos(Math.min(nanos, MAX_DELAY.toNanos()));
    }
}
