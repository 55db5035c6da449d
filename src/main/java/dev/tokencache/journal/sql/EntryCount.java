package dev.tokencache.journal.sql;

import dev.tokencache.redis.Time;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The number of entries and the age of the oldest. Counted periodically, and adjusted by the changes of this process;
 * changes of other processes are seen by the next count. Thread-safe, but changes must not overlap.
 */
final class EntryCount {

    private static final long EVERY_MILLIS = 1000;
    private static final long CHEAP_MILLIS = 20;

    /** Counting may take one twentieth of the time: a million rows take a while. */
    private static final int MAX_LOAD_PART = 20;

    private static final String COUNT =
            "select (select count(*) from journal_entry), (select min(written_at) from journal_entry)";

    private static final long NONE = Long.MAX_VALUE;

    /** While this process writes without a break, a count that may be slightly off still shows other processes' changes. */
    private static final Duration ACCEPT_AFTER = Duration.ofSeconds(10);

    private final Time time;
    private long entries;
    private long oldestMillis = NONE;
    private long countedAt;
    private long acceptedAt;
    private long pauseMillis;
    private long tookMillis;

    /** Odd during a change of this process, which a concurrent count may or may not have seen. */
    private long changes;

    EntryCount(Time time) {
        this.time = time;
        this.countedAt = time.nanoTime();
        this.acceptedAt = countedAt;
    }

    /**
     * Counts, if a count is due. The longer the last one took, failed or not, the later the next is due. A count that a
     * change of this process has overtaken is discarded, unless the last accepted one is ten seconds old.
     *
     * @return whether a count was accepted
     */
    boolean refresh(Database database) {
        if (!isDue()) {
            return false;
        }
        long changesBefore = changeCount();
        try {
            return accept(count(database::readSlowly), changesBefore);
        } catch (SQLException unavailable) {
            return false;
        }
    }

    /** Counts for a decision, if counting is fast. Called by the writing thread before a change. */
    void refreshIfCheap(Connection connection) throws SQLException {
        if (isCheap()) {
            accept(count(work -> work.on(connection)));
        }
    }

    private synchronized boolean isDue() {
        long sinceMillis = TimeUnit.NANOSECONDS.toMillis(time.nanoTime() - countedAt);
        return sinceMillis >= Math.max(pauseMillis, MAX_LOAD_PART * tookMillis);
    }

    private synchronized boolean isCheap() {
        return tookMillis <= CHEAP_MILLIS;
    }

    @FunctionalInterface
    private interface Query {
        long[] run(Database.Work<long[]> work) throws SQLException;
    }

    private long[] count(Query query) throws SQLException {
        long start = time.nanoTime();
        try {
            return query.run(EntryCount::countOn);
        } finally {
            synchronized (this) {
                countedAt = time.nanoTime();
                tookMillis = TimeUnit.NANOSECONDS.toMillis(countedAt - start);
                pauseMillis = EVERY_MILLIS;
            }
        }
    }

    private static long[] countOn(Connection connection) throws SQLException {
        return Sql.query(connection, COUNT, Sql.Parameters.NONE, row -> new long[] {row.getLong(1), row.getLong(2)})
                .get(0);
    }

    private synchronized boolean accept(long[] counted, long changesBefore) {
        if (isOvertaken(changesBefore) && time.nanoTime() - acceptedAt < ACCEPT_AFTER.toNanos()) {
            // Count again at the next check.
            pauseMillis = 0;
            return false;
        }
        accept(counted);
        return true;
    }

    private synchronized void accept(long[] counted) {
        entries = counted[0];
        oldestMillis = entries == 0 ? NONE : counted[1];
        acceptedAt = time.nanoTime();
    }

    private boolean isOvertaken(long changesBefore) {
        return changesBefore % 2 != 0 || changesBefore != changes;
    }

    /** Taken before a read, and passed to {@link #readEmpty}. */
    synchronized long changeCount() {
        return changes;
    }

    /** This process starts a change. {@link #changeEnded} must follow. */
    synchronized void changeStarted() {
        changes++;
    }

    /** @param by the number of entries added, negative if removed; 0 if the change failed */
    synchronized void changeEnded(int by) {
        changes++;
        entries = Math.max(0, entries + by);
        if (by > 0) {
            oldestMillis = Math.min(oldestMillis, time.clock().millis());
        }
    }

    /** A read found the journal empty. Ignored if a change has overtaken the read. */
    synchronized void readEmpty(long changesBefore) {
        if (!isOvertaken(changesBefore)) {
            accept(new long[] {0, 0});
        }
    }

    synchronized long entries() {
        return entries;
    }

    /** The age of the oldest entry in milliseconds; 0 if there is none. */
    synchronized long oldestAgeMillis() {
        return entries == 0 || oldestMillis == NONE
                ? 0
                : Math.max(0, time.clock().millis() - oldestMillis);
    }
}
