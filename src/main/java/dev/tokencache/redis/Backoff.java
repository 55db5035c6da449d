package dev.tokencache.redis;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays between attempts that double up to a maximum, each with jitter of ±50 %, so that many callers do not retry in step.
 * Not thread-safe: one instance belongs to one sequence of attempts.
 */
public final class Backoff {

    private final long firstMillis;
    private final long maxMillis;
    private final RandomGenerator random;
    private long nextMillis;

    /** Both delays are before jitter; {@code first} is at least 1 ms. */
    public Backoff(Duration first, Duration max, RandomGenerator random) {
        this.firstMillis = first.toMillis();
        this.maxMillis = max.toMillis();
        if (firstMillis < 1 || maxMillis < firstMillis) {
            throw new IllegalArgumentException("a backoff needs 1 ms <= first <= max");
        }
        this.random = random;
        this.nextMillis = firstMillis;
    }

    /** The delay before the next attempt. Doubles the one after it. */
    public Duration next() {
        long jittered = nextMillis / 2 + random.nextLong(nextMillis);
        nextMillis = Math.min(2 * nextMillis, maxMillis);
        return Duration.ofMillis(Math.max(1, jittered));
    }

    public void reset() {
        nextMillis = firstMillis;
    }
}
