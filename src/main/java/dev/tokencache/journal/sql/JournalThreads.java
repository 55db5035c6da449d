package dev.tokencache.journal.sql;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The threads of a journal, which wait for its database. Production uses {@link DaemonThreads}; a simulation runs their work
 * as tasks of a simulated process.
 */
interface JournalThreads extends AutoCloseable {

    /**
     * A thread with a queue, which it processes in batches.
     *
     * @param work processes a batch; must not throw
     * @param refuse receives each item still queued when the thread is closed
     */
    <T> Batches<T> batches(String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse);

    /** Runs a task later, on the monitor's thread, one at a time. */
    void schedule(Duration delay, Runnable task);

    /** Accepts no further tasks for the monitor's thread, and waits for those already scheduled. */
    @Override
    void close();

    interface Batches<T> extends AutoCloseable {

        void start();

        /** Queues an item. @return false if the queue is full or closed */
        boolean offer(T item);

        @Override
        void close();
    }
}
