package dev.tokencache.journal.sql;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The threads of a journal in production. They do not keep the process running. */
final class DaemonThreads implements JournalThreads {

    private final MonitorThread monitor = new MonitorThread();

    @Override
    public <T> Batches<T> batches(
            String name, int queueSize, int batchSize, Consumer<List<T>> work, Consumer<T> refuse) {
        return new BatchThread<>(name, queueSize, batchSize, work, refuse);
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        monitor.schedule(delay, task);
    }

    @Override
    public void close() {
        monitor.close();
    }
}
