package dev.tokencache.store.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * How many entries there are, and how old the oldest is: counted now and then, and kept up to date with what this process
 * does. What others do to a shared journal is seen at the next count. Thread-safe.
 */
final class EntryCount {

    private static final long EVERY_MILLIS = 1000;
    private static final long CHEAP_MILLIS = 20;

    /** Counting a million rows takes a while: it may take a twentieth of the time. */
    private static final int PART_OF_THE_TIME = 20;

    private static final String COUNT =
            "select (select count(*) from journal_entry), (select min(written_at) from journal_entry)";

    private static final long NONE = Long.MAX_VALUE;

    private final Clock clock;
    private long entries;
    private long oldestMillis = NONE;
    private long countedAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
    private long tookMillis;

    EntryCount(Clock clock) {
        this.clock = clock;
    }

    /**
     * Counts, unless that was done a moment ago. If it can not be done now, it is tried again later, and the less often the
     * longer it took to fail.
     *
     * @return whether it was counted
     */
    boolean refresh(Database database) {
        if (!isDue()) {
            return false;
        }
        try {
            count(database::readAtLeisure);
            return true;
        } catch (SQLException notNow) {
            return false;
        }
    }

    /** Counts if that takes no time: a decision depends on it. */
    void refreshIfCheap(Connection connection) throws SQLException {
        if (isCheap()) {
            count(work -> work.on(connection));
        }
    }

    private synchronized boolean isDue() {
        long sinceMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - countedAt);
        return sinceMillis >= Math.max(EVERY_MILLIS, PART_OF_THE_TIME * tookMillis);
    }

    private synchronized boolean isCheap() {
        return tookMillis <= CHEAP_MILLIS;
    }

    /** How the query is put to the database. */
    @FunctionalInterface
    private interface Query {
        long[] run(Database.Work<long[]> work) throws SQLException;
    }

    private void count(Query query) throws SQLException {
        long start = System.nanoTime();
        try {
            long[] seen = query.run(EntryCount::countOn);
            synchronized (this) {
                entries = seen[0];
                oldestMillis = entries == 0 ? NONE : seen[1];
            }
        } finally {
            synchronized (this) {
                countedAt = System.nanoTime();
                tookMillis = TimeUnit.NANOSECONDS.toMillis(countedAt - start);
            }
        }
    }

    private static long[] countOn(Connection connection) throws SQLException {
        return Sql.query(connection, COUNT, Sql.Parameters.NONE, row -> new long[] {row.getLong(1), row.getLong(2)})
                .get(0);
    }

    /** This process wrote entries, or (negative) removed some. */
    synchronized void changed(int by) {
        entries = Math.max(0, entries + by);
        if (by > 0) {
            oldestMillis = Math.min(oldestMillis, clock.millis());
        }
    }

    /** Somebody saw that there are none. */
    synchronized void none() {
        entries = 0;
        oldestMillis = NONE;
    }

    synchronized long entries() {
        return entries;
    }

    /** How long the oldest entry has waited, in milliseconds; 0 if there is none. */
    synchronized long oldestAgeMillis() {
        return entries == 0 || oldestMillis == NONE ? 0 : Math.max(0, clock.millis() - oldestMillis);
    }
}
