package dev.tokencache.simulation;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What all parts of a simulation share: time, chance, and the history of what happened. Everything runs on the thread that
 * advances the time, so a seed decides the whole history.
 */
final class World {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final long seed;
    private final VirtualTime time;
    private final StringBuilder history = new StringBuilder();
    /** The latest moment until which a task may block. */
    private long blockableUntil = Long.MAX_VALUE;

    World(long seed) {
        this.seed = seed;
        this.time = new VirtualTime(START, seed);
    }

    long seed() {
        return seed;
    }

    VirtualTime time() {
        return time;
    }

    /** The randomness of one part, which does not depend on how much the other parts draw. */
    RandomGenerator random(String part) {
        return new SplittableRandom(seed * 31 + part.hashCode());
    }

    void run(Duration duration) {
        time.advance(duration);
    }

    /**
     * Blocks the task that calls this, while others run. A task that blocks meanwhile does so for no longer than this one, so
     * that both continue in time.
     */
    void block(Duration duration) {
        long end = Math.min(time.nanoTime() + duration.toNanos(), blockableUntil);
        long before = blockableUntil;
        blockableUntil = end;
        try {
            time.advance(Duration.ofNanos(end - time.nanoTime()));
        } catch (RuntimeException defect) {
            throw new AssertionError("a task failed while another one was blocked", defect);
        } finally {
            blockableUntil = before;
        }
    }

    /** Whether a task can block at present. */
    boolean isBlockable() {
        return time.nanoTime() < blockableUntil;
    }

    /** The true wall-clock time in milliseconds since the epoch, at a moment of the monotonic clock. */
    long millis(long nanos) {
        return START.plusNanos(nanos).toEpochMilli();
    }

    /** The reverse of {@link #millis}. */
    long nanos(long millis) {
        return Duration.between(START, Instant.ofEpochMilli(millis)).toNanos();
    }

    /** Adds a line to the history. */
    void log(String event) {
        history.append(String.format(Locale.ROOT, "%11.6f ", time.nanoTime() / 1e9))
                .append(event)
                .append('\n');
    }

    /** Every line so far, with its time in seconds. */
    String history() {
        return history.toString();
    }
}
