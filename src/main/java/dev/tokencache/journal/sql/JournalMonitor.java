package dev.tokencache.journal.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Checks the database periodically: whether it is reachable and writable, whether another process has written to the
 * journal, and how many entries there are. A journal without calls is checked, too.
 */
final class JournalMonitor {

    /** The pause after a check that failed. */
    static final Duration RETRY = Duration.ofMillis(500);

    /** The marker stays set for a second or two after the last entry, so that occasional writes need not set it again. */
    private static final int EMPTY_COUNTS_BEFORE_CLEARING = 2;

    private final Database database;
    private final JournalActivity activity;
    private final EntryCount count;
    private final JournalState state;
    private final Duration period;
    /** Runs tasks later, on a thread that may block, one at a time. */
    private final BiConsumer<Duration, Runnable> timers;

    private final Runnable probe;
    private final CountDownLatch firstSuccess = new CountDownLatch(1);
    private boolean opened;
    private int emptyCounts;

    /** @param probe attempts a write, after one has failed */
    JournalMonitor(
            Database database,
            JournalActivity activity,
            EntryCount count,
            JournalState state,
            Duration period,
            BiConsumer<Duration, Runnable> timers,
            Runnable probe) {
        this.database = database;
        this.activity = activity;
        this.count = count;
        this.state = state;
        this.period = period;
        this.timers = timers;
        this.probe = probe;
    }

    /**
     * Starts the checks, and waits for the first successful one, so that no call is answered without the journal. Gives up
     * waiting after the limit, because the database may be down. A single failed check is not enough to give up: the first
     * connection of a cold JVM is slow.
     */
    void start(Duration limit) {
        timers.accept(Duration.ZERO, this::check);
        try {
            firstSuccess.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check() {
        Duration pause = period;
        try {
            if (!opened) {
                database.open();
                opened = true;
            }
            read();
            state.reached();
            firstSuccess.countDown();
            if (!state.isWritable()) {
                probe.run();
                pause = RETRY;
            }
        } catch (SQLException | RuntimeException e) {
            state.unreachable(database.explain(e));
            pause = RETRY;
        }
        timers.accept(pause, this::check);
    }

    private void read() throws SQLException {
        long changesOfActivity = activity.changeCount();
        long changesOfCount = count.changeCount();
        boolean isSet = database.read(connection -> database.marker().isSet(connection));
        activity.markerRead(isSet, changesOfActivity);
        if (activity.isEmpty()) {
            count.readEmpty(changesOfCount);
        } else if (count.refresh(database)) {
            emptyCounts = count.entries() == 0 ? emptyCounts + 1 : 0;
        }
        state.counted(count.entries());
        if (emptyCounts >= EMPTY_COUNTS_BEFORE_CLEARING) {
            emptyCounts = 0;
            database.write(transaction -> {
                database.marker().clear(transaction);
                return isSet;
            });
        }
    }

    /** Completes callers after a delay, or immediately if it is zero. */
    void completeAfter(Duration delay, List<Runnable> completions) {
        if (delay.isZero()) {
            completions.forEach(Runnable::run);
        } else {
            timers.accept(delay, () -> completions.forEach(Runnable::run));
        }
    }
}
