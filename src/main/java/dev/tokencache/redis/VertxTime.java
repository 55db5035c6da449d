package dev.tokencache.redis;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Real time: the system's clocks, and timers on Vert.x event loops. */
public record VertxTime(Vertx vertx, Clock clock) implements Time {

    private static final RandomGenerator RANDOM =
            () -> ThreadLocalRandom.current().nextLong();

    public VertxTime(Vertx vertx) {
        this(vertx, Clock.systemUTC());
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        long id = vertx.setTimer(Math.max(1, delay.toMillis()), fired -> task.run());
        return () -> vertx.cancelTimer(id);
    }

    @Override
    public Timer scheduleEvery(Duration period, Runnable task) {
        long id = vertx.setPeriodic(Math.max(1, period.toMillis()), fired -> task.run());
        return () -> vertx.cancelTimer(id);
    }

    @Override
    public RandomGenerator random() {
        return RANDOM;
    }
}
