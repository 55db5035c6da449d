package dev.tokencache.store.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * How many entries there are, and how old the oldest is: counted now and then, and kept up to date with what this process
 * does. What others do to a shared journal is seen a second later.
 */
final class EntryCount {

    private static final long EVERY_MILLIS = 1000;
    private static final long CHEAP_MILLIS = 20;

    /** Counting a million rows takes a while: it may take a twentieth of the time. */
    private static final int MOST_OF_THE_TIME = 20;

    private static final String COUNT = "select (select count(*) from journal_entry),"
            + " (select min(written_at) from journal_entry where kind in ('E', 'M')),"
            + " (select min(written_at) from journal_entry where kind = 'T')";

    private static final long NONE = Long.MAX_VALUE;

    private final Clock clock;
    private long entries;
    private long oldestMillis = NONE;
    private long countedAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
    private long countTook;

    EntryCount(Clock clock) {
        this.clock = clock;
    }

    /** Counts, unless that was done a moment ago. */
    void refresh(Connection connection) throws SQLException {
        if (millisSinceCounted() >= Math.max(EVERY_MILLIS, share())) {
            count(connection);
        }
    }

    /** Counts if that takes no time, or was not done for a while: a decision depends on it. */
    void refreshNow(Connection connection) throws SQLException {
        if (tookMillis() <= CHEAP_MILLIS || millisSinceCounted() >= share()) {
            count(connection);
        }
    }

    private synchronized long millisSinceCounted() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - countedAt);
    }

    private synchronized long tookMillis() {
        return TimeUnit.NANOSECONDS.toMillis(countTook);
    }

    private long share() {
        return MOST_OF_THE_TIME * tookMillis();
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
