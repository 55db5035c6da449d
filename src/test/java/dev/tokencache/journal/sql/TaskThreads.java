package dev.tokencache.journal.sql;

import dev.tokencache.redis.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The threads of a journal in a simulation: each runs as tasks of a process, one at a time. A task that waits for the database
 * advances the virtual time, so others run meanwhile.
 */
final class TaskThreads implements JournalThreads {

    private final Time time;
    private final Executor executor;
    private final TaskThread monitor;

    TaskThreads(Time time, Executor executor) {
        this.time = time;
        this.executor = executor;
        this.monitor = new TaskThread(executor);
    }

    /** Runs tasks in order, each after the one before. */
    private static final class TaskThread {
        private final Executor executor;
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean isBusy;

        TaskThread(Executor executor) {
            this.executor = executor;
        }

        void add(Runnable task) {
            tasks.add(task);
            if (!isBusy) {
                isBusy = true;
                executor.execute(this::runNext);
            }
        }

        private void runNext() {
            try {
                tasks.remove().run();
            } catch (Conditions.ProcessEnded ended) {
                tasks.clear();
            }
            isBusy = !tasks.isEmpty();
            if (isBusy) {
                executor.execute(this::runNext);
            }
        }
    }

    private static final class TaskBatches<T> implements Batches<T> {
        private final TaskThread thread;
        private final int queueSize;
        private final int batchSize;
        private final Consumer<List<T>> work;
        private final Consumer<T> refuse;
        private final Queue<T> queue = new ArrayDeque<>();
        private boolean isClosed;

        TaskBatches(Executor executor, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
            this.thread = new TaskThread(executor);
            this.queueSize = queueSize;
            this.batchSize = batchSize;
            this.work = work;
            this.refuse = refuse;
        }

        @Override
        public void start() {
            // The first item starts it.
        }

        @Override
        public boolean offer(T item) {
            if (isClosed || queue.size() >= queueSize) {
                return false;
            }
            queue.add(item);
            thread.add(this::runBatch);
            return true;
        }

        private void runBatch() {
            List<T> batch = new ArrayList<>(batchSize);
            while (!queue.isEmpty() && batch.size() < batchSize) {
                batch.add(queue.remove());
            }
            if (!batch.isEmpty()) {
                work.accept(batch);
            }
        }

        @Override
        public void close() {
            isClosed = true;
            queue.forEach(refuse);
            queue.clear();
        }
    }

    @Override
    public <T> Batches<T> batches(
            String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
        return new TaskBatches<>(executor, queueSize, batchSize, work, refuse);
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        time.schedule(delay, () -> monitor.add(task));
    }

    @Override
    public void close() {
        // The process ends its tasks.
    }
}
