package dev.tokencache.journal.sql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The threads of a journal in production. They do not keep the process running. */
final class DaemonThreads implements JournalThreads {

    private static final long CLOSE_MILLIS = 2_000;

    private final ScheduledThreadPoolExecutor monitor =
            new ScheduledThreadPoolExecutor(1, task -> daemon(task, "journal-monitor"));

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public <T> Batches<T> batches(
            String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
        return new BatchThread<>(name, queueSize, batchSize, work, refuse);
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        try {
            monitor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            // The journal is closing: no caller needs the result.
        }
    }

    /** Waits up to a second for the tasks already scheduled. */
    @Override
    public void close() {
        monitor.shutdown();
        try {
            monitor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Items queued during one database round trip share the next. */
    private static final class BatchThread<T> implements Batches<T> {

        private final BlockingQueue<T> queue;
        private final int batchSize;
        private final Consumer<List<T>> work;
        private final Consumer<T> refuse;
        private final Thread thread;
        private volatile boolean closed;

        BatchThread(String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
            this.queue = new ArrayBlockingQueue<>(queueSize);
            this.batchSize = batchSize;
            this.work = work;
            this.refuse = refuse;
            this.thread = daemon(this::run, name);
        }

        @Override
        public void start() {
            thread.start();
        }

        @Override
        public boolean offer(T item) {
            if (closed || !queue.offer(item)) {
                return false;
            }
            // If the thread was closed meanwhile, either close() has drained and refused the item, or this removes it.
            return !closed || !queue.remove(item);
        }

        private void run() {
            List<T> batch = new ArrayList<>(batchSize);
            try {
                while (!closed) {
                    batch.add(queue.take());
                    queue.drainTo(batch, batchSize - 1);
                    work.accept(batch);
                    batch.clear();
                }
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        }

        /** Waits up to two seconds for the current batch, and refuses the queued items. */
        @Override
        public void close() {
            closed = true;
            thread.interrupt();
            try {
                thread.join(CLOSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            List<T> rest = new ArrayList<>();
            queue.drainTo(rest);
            rest.forEach(refuse);
        }
    }
}
