package dev.tokencache.testing;

import dev.tokencache.redis.Time;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Time that a test advances: both clocks advance together, and timers fire in order, on the thread of the test.
 * Randomness comes from a fixed seed. Not thread-safe, but the clocks may be read from any thread.
 */
public final class VirtualTime implements Time {

    private static final class Task implements Timer, Comparable<Task> {
        private final long order;
        private final @Nullable Duration period;
        private final Runnable run;
        private long dueNanos;
        private boolean cancelled;

        Task(long order, long dueNanos, @Nullable Duration period, Runnable run) {
            this.order = order;
            this.dueNanos = dueNanos;
            this.period = period;
            this.run = run;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private static final Duration MIN_DELAY = Duration.ofMillis(1);

    private final MutableClock clock;
    private final Random random;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private volatile long nanos;
    private long scheduled;

    /** Starts at an arbitrary fixed moment. */
    public VirtualTime() {
        this(Instant.parse("2026-01-01T00:00:00Z"), 1);
    }

    public VirtualTime(Instant start, long seed) {
        this.clock = new MutableClock(start);
        this.random = new Random(seed);
    }

    /**
     * Moves both clocks forward, and runs each timer that falls due at the moment it is due. A timer may advance the time,
     * too: then it blocks, and others run meanwhile.
     */
    public void advance(Duration step) {
        long end = nanos + step.toNanos();
        for (Task next = tasks.peek(); next != null && next.dueNanos <= end; next = tasks.peek()) {
            tasks.remove();
            moveTo(Math.max(nanos, next.dueNanos));
            runTask(next);
        }
        moveTo(Math.max(nanos, end));
    }

    /** Moves the clocks without running any timer, as a stall of the process does. Due timers run with the next advance. */
    public void stall(Duration step) {
        moveTo(nanos + step.toNanos());
    }

    /** Runs a task after all that are due at the present moment, within the present or the next advance. */
    public void execute(Runnable task) {
        tasks.add(new Task(scheduled++, nanos, null, task));
    }

    private void runTask(Task task) {
        if (task.cancelled) {
            return;
        }
        if (task.period != null) {
            task.dueNanos += task.period.toNanos();
            tasks.add(task);
        }
        task.run.run();
    }

    private void moveTo(long then) {
        clock.advance(Duration.ofNanos(then - nanos));
        nanos = then;
    }

    /** How many timers are pending. */
    public int pendingTimers() {
        return (int) tasks.stream().filter(task -> !task.cancelled).count();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return add(delay, null, task);
    }

    @Override
    public Timer scheduleEvery(Duration period, Runnable task) {
        return add(period, period.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : period, task);
    }

    private Timer add(Duration delay, @Nullable Duration period, Runnable task) {
        Duration wait = delay.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : delay;
        Task added = new Task(scheduled++, nanos + wait.toNanos(), period, task);
        tasks.add(added);
        return added;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }
}
