package dev.tokencache.simulation;

import dev.tokencache.journal.sql.Conditions;
import dev.tokencache.redis.Time;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * One run of a program: its time, its thread, and its end. After the end none of its tasks run. Its wall clock may be off, and
 * it may be paused, as by a garbage collection or a busy machine: then its tasks run late.
 */
final class SimulatedProcess implements Time, Executor {

    private static final Duration PAUSE_STEP = Duration.ofMillis(1);

    private final World world;
    private final String name;
    private final OffsetClock clock;
    private final RandomGenerator random;
    private final Traffic traffic = new Traffic();
    private final Queue<Runnable> late = new ArrayDeque<>();
    private boolean isPaused;
    private int pauses;
    private boolean hasEnded;

    /** @param clockOffset how far the wall clock of the process is ahead */
    SimulatedProcess(World world, String name, Duration clockOffset) {
        this.world = world;
        this.name = name;
        this.clock = new OffsetClock(world.time().clock());
        this.clock.offset = clockOffset;
        this.random = world.random(name);
    }

    String name() {
        return name;
    }

    Traffic traffic() {
        return traffic;
    }

    boolean hasEnded() {
        return hasEnded;
    }

    void end() {
        hasEnded = true;
        late.clear();
    }

    void pause(Duration duration) {
        isPaused = true;
        pauses++;
        world.time().schedule(duration, this::resume);
    }

    boolean isPaused() {
        return isPaused;
    }

    /** How often the process was paused. */
    int pauses() {
        return pauses;
    }

    private void resume() {
        isPaused = false;
        while (!isPaused && !late.isEmpty()) {
            late.remove().run();
        }
    }

    /** Runs a task now, or when the pause ends. */
    void run(Runnable task) {
        if (hasEnded) {
            return;
        }
        if (isPaused) {
            late.add(task);
        } else {
            task.run();
        }
    }

    /** Blocks one of its threads, and for longer if the process is paused. Ends the thread with the process. */
    void block(Duration duration) {
        if (!hasEnded) {
            world.block(duration);
        }
        while (isPaused && world.isBlockable()) {
            world.block(PAUSE_STEP);
        }
        if (hasEnded) {
            throw new Conditions.ProcessEnded();
        }
    }

    @Override
    public void execute(Runnable task) {
        world.time().execute(() -> run(task));
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Cancellable cancellable = new Cancellable(task);
        world.time().schedule(delay, () -> run(cancellable));
        return cancellable;
    }

    @Override
    public Timer scheduleEvery(Duration period, Runnable task) {
        Cancellable cancellable = new Cancellable(task);
        repeat(period, cancellable);
        return cancellable;
    }

    private void repeat(Duration period, Cancellable task) {
        world.time()
                .schedule(
                        period,
                        () -> run(() -> {
                            if (!task.isCancelled) {
                                repeat(period, task);
                                task.run();
                            }
                        }));
    }

    private static final class Cancellable implements Timer, Runnable {
        private final Runnable task;
        private boolean isCancelled;

        Cancellable(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!isCancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }
    }

    /** Sets how far the wall clock is ahead. */
    void setClockOffset(Duration changed) {
        clock.offset = changed;
    }

    private static final class OffsetClock extends Clock {
        private final Clock right;
        private Duration offset = Duration.ZERO;

        OffsetClock(Clock right) {
            this.right = right;
        }

        @Override
        public ZoneId getZone() {
            return right.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return right.instant().plus(offset);
        }

        @Override
        public long millis() {
            return right.millis() + offset.toMillis();
        }
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        return world.time().nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }
}
