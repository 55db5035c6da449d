package dev.tokencache.testing;

import dev.tokencache.redis.Time;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/** Real time with a wall clock that a test can set, for tests with threads. */
public record WallClockTime(Clock clock, RandomGenerator random) implements Time {

    public WallClockTime(Clock clock) {
        this(clock, new Random());
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        CompletableFuture<Void> timer = CompletableFuture.runAsync(
                task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS));
        return () -> timer.cancel(false);
    }

    @Override
    public Timer scheduleEvery(Duration period, Runnable task) {
        AtomicBoolean isCancelled = new AtomicBoolean();
        repeat(period, task, isCancelled);
        return () -> isCancelled.set(true);
    }

    private void repeat(Duration period, Runnable task, AtomicBoolean isCancelled) {
        schedule(period, () -> {
            if (!isCancelled.get()) {
                repeat(period, task, isCancelled);
                task.run();
            }
        });
    }
}
