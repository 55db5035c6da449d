package dev.tokencache.journal.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * One daemon thread that works off what waits for it, in batches: whatever came in during one round trip to the database
 * shares the next one.
 */
final class BatchThread<T> implements AutoCloseable {

    private static final long CLOSE_MILLIS = 2_000;

    private final BlockingQueue<T> waiting;
    private final int batchSize;
    private final Consumer<List<T>> work;
    private final Consumer<T> refuse;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param queueSize how many may wait
     * @param batchSize how many are worked off at once, at most
     * @param work must not throw
     * @param refuse told of each that still waits when the thread is closed
     */
    BatchThread(String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
        this.waiting = new ArrayBlockingQueue<>(queueSize);
        this.batchSize = batchSize;
        this.work = work;
        this.refuse = refuse;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** @return whether there was room for it */
    boolean offer(T item) {
        if (closed || !waiting.offer(item)) {
            return false;
        }
        // If it was closed meanwhile, either that took the item out and refused it, or this does.
        return !closed || !waiting.remove(item);
    }

    private void run() {
        List<T> batch = new ArrayList<>(batchSize);
        try {
            while (!closed) {
                batch.add(waiting.take());
                waiting.drainTo(batch, batchSize - 1);
                work.accept(batch);
                batch.clear();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finishes the batch that is being worked off, if that does not take too long, and refuses the rest. */
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
        waiting.drainTo(rest);
        rest.forEach(refuse);
    }
}
