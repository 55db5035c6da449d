package dev.tokencache.journal.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/** A daemon thread with a queue, which it processes in batches: items queued during one database round trip share the next. */
final class BatchThread<T> implements JournalThreads.Batches<T> {

    private static final long CLOSE_MILLIS = 2_000;

    private final BlockingQueue<T> queue;
    private final int batchSize;
    private final Consumer<List<T>> work;
    private final Consumer<T> refuse;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param work processes a batch; must not throw
     * @param refuse receives each item still queued when the thread is closed
     */
    BatchThread(String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
        this.queue = new ArrayBlockingQueue<>(queueSize);
        this.batchSize = batchSize;
        this.work = work;
        this.refuse = refuse;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
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
