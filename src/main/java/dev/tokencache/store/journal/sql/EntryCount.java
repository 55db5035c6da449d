package dev.tokencache.store.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;

/**
 * How many entries there are, and how old the oldest is: counted now and then, and kept up to date with what this process
 * does. What others do to a shared journal is seen a second later.
 */
final class EntryCount {

    private static final long EVERY_NANOS = 1_000_000_000L;

    /** Counting a million rows takes a while: it may take that part of the time. */
    private static final int MOST_OF_THE_TIME = 20;

    private static final String COUNT = "select (select count(*) from journal_entry),"
            + " (select min(written_at) from journal_entry where kind in ('E', 'M')),"
            + " (select min(written_at) from journal_entry where kind = 'T')";

    private static final long NONE = Long.MAX_VALUE;

    private final Clock clock;
    private long entries;
    private long oldestMillis = NONE;
    private long countedAt = System.nanoTime() - EVERY_NANOS;
    private long countTook;

    EntryCount(Clock clock) {
        this.clock = clock;
    }

    /** Counts, unless that was done a moment ago. */
    void refresh(Connection connection) throws SQLException {
        if (isDue(EVERY_NANOS)) {
            count(connection);
        }
    }

    /** As {@link #refresh}, but as soon as it can be afforded: for when a decision depends on it. */
    void refreshNow(Connection connection) throws SQLException {
        if (isDue(0)) {
            count(connection);
        }
    }

    private synchronized boolean isDue(long everyNanos) {
        return System.nanoTime() - countedAt >= Math.max(everyNanos, MOST_OF_THE_TIME * countTook);
    }

    private void count(Connection connection) throws SQLException {
        long start = System.nanoTime();
        long[] seen = Sql.query(connection, COUNT, Sql.Parameters.NONE, row ->
                        new long[] {row.getLong(1), row.getLong(2), row.getLong(3)})
                .get(0);
        long end = System.nanoTime();
        synchronized (this) {
            entries = seen[0];
            oldestMillis = Math.min(seen[1] == 0 ? NONE : seen[1], seen[2] == 0 ? NONE : seen[2]);
            countedAt = end;
            countTook = end - start;
        }
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
