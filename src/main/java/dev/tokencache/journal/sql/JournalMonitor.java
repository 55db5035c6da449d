package dev.tokencache.journal.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks at the database again and again: whether it is there, whether others have put something into the journal, how much
 * there is in it. Has a thread of its own, since a journal that nobody uses has to be looked at, too.
 */
final class JournalMonitor implements AutoCloseable {

    /** How long to wait before the next attempt while the database is away. */
    private static final Duration RETRY = Duration.ofMillis(500);

    /** An empty journal stays open for a second or two: one that is used now and then need not be opened each time. */
    private static final int COUNTS_BEFORE_CLOSING = 2;

    private final Database database;
    private final JournalActivity presence;
    private final EntryCount count;
    private final JournalState condition;
    private final Duration poll;
    private final Runnable probe;
    private final ScheduledThreadPoolExecutor thread;
    private final CountDownLatch seen = new CountDownLatch(1);
    private boolean opened;
    private int countsWithoutEntries;

    /**
     * @param poll how often to look
     * @param probe tries to write, since nobody did successfully
     */
    JournalMonitor(
            Database database,
            JournalActivity presence,
            EntryCount count,
            JournalState condition,
            Duration poll,
            Runnable probe) {
        this.database = database;
        this.presence = presence;
        this.count = count;
        this.condition = condition;
        this.poll = poll;
        this.probe = probe;
        this.thread = new ScheduledThreadPoolExecutor(1, look -> {
            Thread made = new Thread(look, "journal-watch");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Starts to look, and waits until the journal was seen, so that no question is answered without it; but no longer than a
     * while, since the database may be away. One attempt that fails says little: the first connection of a cold JVM is slow.
     */
    void start(Duration atMost) {
        thread.execute(this::look);
        try {
            seen.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Duration pause = poll;
        try {
            if (!opened) {
                database.open();
                opened = true;
            }
            see();
            condition.reached();
            seen.countDown();
            if (!condition.isWritable()) {
                probe.run();
                pause = RETRY;
            }
        } catch (SQLException | RuntimeException e) {
            condition.notReached(database.explain(e));
            pause = RETRY;
        }
        schedule(this::look, pause);
    }

    private void see() throws SQLException {
        long moment = presence.moment();
        long counted = count.moment();
        boolean isOpen = database.read(connection -> database.gate().isOpen(connection));
        presence.saw(isOpen, moment);
        if (presence.isEmpty()) {
            count.none(counted);
        } else if (count.refresh(database)) {
            countsWithoutEntries = count.entries() == 0 ? countsWithoutEntries + 1 : 0;
        }
        condition.holds(count.entries());
        if (countsWithoutEntries >= COUNTS_BEFORE_CLOSING) {
            countsWithoutEntries = 0;
            database.write(transaction -> {
                database.gate().close(transaction);
                return isOpen;
            });
        }
    }

    /** Runs what is due later, on the thread of the watch. */
    void after(Duration delay, List<Runnable> tasks) {
        if (delay.isZero()) {
            tasks.forEach(Runnable::run);
        } else {
            schedule(() -> tasks.forEach(Runnable::run), delay);
        }
    }

    private void schedule(Runnable task, Duration delay) {
        try {
            thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            // Nobody needs to know any more.
        }
    }

    /** Looks no more, and runs what is due later when it is due. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
