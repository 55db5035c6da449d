package dev.tokencache.simulation;

import dev.tokencache.redis.Time;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * One run of a program: its time, its thread, and its end. After the end none of its tasks run. Its wall clock may be off, and
 * it may be paused, as by a garbage collection or a busy machine: then its tasks run late.
 */
final class SimulatedProcess implements Time, Executor {

    private final World world;
    private final String name;
    private final Clock clock;
    private final RandomGenerator random;
    private final Queue<Runnable> late = new ArrayDeque<>();
    private boolean isPaused;
    private int pauses;
    private boolean hasEnded;

    /** @param clockOffset how far the wall clock of the process is ahead */
    SimulatedProcess(World world, String name, Duration clockOffset) {
        this.world = world;
        this.name = name;
        this.clock = Clock.offset(world.time().clock(), clockOffset);
        this.random = world.random(name);
    }

    String name() {
        return name;
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
