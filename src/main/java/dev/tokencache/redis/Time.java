package dev.tokencache.redis;

import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Everything a class needs to decide something that depends on time or chance: a wall clock, a monotonic clock, timers and
 * randomness. Production uses {@link VertxTime}; tests use a virtual time that they move themselves.
 */
public interface Time {

    /** The wall clock, for moments that are stored or compared with other instances. */
    Clock clock();

    /** The monotonic clock in nanoseconds. Only differences mean anything, as with {@link System#nanoTime()}. */
    long nanoTime();

    /** Runs the task once after the delay, on the event loop that calls this. A delay below 1 ms counts as 1 ms. */
    Timer schedule(Duration delay, Runnable task);

    /** Runs the task again and again, on the event loop that calls this, until the timer is cancelled. */
    Timer scheduleEvery(Duration period, Runnable task);

    /** Randomness for jitter and sampling; never for secrets. Safe to use from any thread. */
    RandomGenerator random();

    @FunctionalInterface
    interface Timer {

        /** Drops the task. Does nothing if it has run already. */
        void cancel();
    }
}
