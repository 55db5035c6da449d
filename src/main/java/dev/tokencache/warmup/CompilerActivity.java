package dev.tokencache.warmup;

import java.time.Duration;

/**
 * Decides when a JVM has compiled what the requests of the warm-up execute. Its compilers first have more work than time, and
 * then nearly none: warm is a service that has answered enough requests, and whose compilers rest. Not thread-safe.
 */
final class CompilerActivity {

    /** A method that is called less often is not compiled by the second compiler at all. */
    static final long MIN_REQUESTS = 40_000;

    /** A shorter time can fall between two compilations. */
    static final Duration WINDOW = Duration.ofSeconds(1);

    /** Up to which part of the time the compilers still work in a service that is warm. */
    private static final double RESTING = 0.1;

    private long windowStartNanos;
    private long compiledMillisBefore;

    /** @param compiledMillis how long the compilers have worked since the start of the JVM */
    CompilerActivity(long nowNanos, long compiledMillis) {
        this.windowStartNanos = nowNanos;
        this.compiledMillisBefore = compiledMillis;
    }

    /** Whether the service is warm. To be asked repeatedly. */
    boolean isWarm(long nowNanos, long compiledMillis, long requests) {
        long elapsed = nowNanos - windowStartNanos;
        if (elapsed < WINDOW.toNanos()) {
            return false;
        }
        double share = (compiledMillis - compiledMillisBefore) * 1e6 / elapsed;
        windowStartNanos = nowNanos;
        compiledMillisBefore = compiledMillis;
        return requests >= MIN_REQUESTS && share <= RESTING;
    }
}
