package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How many entries there are, and how old the oldest is: counted now and then, and kept up to date with what this process
 * does. What others do to a shared journal is seen at the next count. Thread-safe; one change is made after the other.
 */
final class EntryCount {

    private static final long EVERY_MILLIS = 1000;
    private static final long CHEAP_MILLIS = 20;

    /** Counting a million rows takes a while: it may take a twentieth of the time. */
    private static final int PART_OF_THE_TIME = 20;

    private static final String COUNT =
            "select (select count(*) from journal_entry), (select min(written_at) from journal_entry)";

    private static final long NONE = Long.MAX_VALUE;

    /** While this process never stops writing: a count that may be a little off tells at least what others do. */
    private static final Duration AT_LATEST = Duration.ofSeconds(10);

    private final Clock clock;
    private final Duration atLatest;
    private long entries;
    private long oldestMillis = NONE;
    private long countedAt = System.nanoTime();
    private long acceptedAt = countedAt;
    private long pauseMillis;
    private long tookMillis;

    /** Odd while this process makes a change: a count amid that may have seen it or not. */
    private long changes;

    EntryCount(Clock clock) {
        this(clock, AT_LATEST);
    }

    /** @param atLatest after how long without a count one is taken that a change has overtaken */
    EntryCount(Clock clock, Duration atLatest) {
        this.clock = clock;
        this.atLatest = atLatest;
    }

    /**
     * Counts, unless that was done a moment ago. If it can not be done now, it is tried again later, and the less often the
     * longer it took to fail. A count that a change of this process has overtaken is worth nothing.
     *
     * @return whether it was counted
     */
    boolean refresh(Database database) {
        if (!isDue()) {
            return false;
        }
        long moment = moment();
        try {
            return accept(count(database::readAtLeisure), moment);
        } catch (SQLException notNow) {
            return false;
        }
    }

    /** Counts if that takes no time: a decision depends on it. For the thread of the changes, before it makes one. */
    void refreshIfCheap(Connection connection) throws SQLException {
        if (isCheap()) {
            accept(count(work -> work.on(connection)));
        }
    }

    private synchronized boolean isDue() {
        long sinceMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - countedAt);
        return sinceMillis >= Math.max(pauseMillis, PART_OF_THE_TIME * tookMillis);
    }

    private synchronized boolean isCheap() {
        return tookMillis <= CHEAP_MILLIS;
    }

    /** How the query is put to the database. */
    @FunctionalInterface
    private interface Query {
        long[] run(Database.Work<long[]> work) throws SQLException;
    }

    private long[] count(Query query) throws SQLException {
        long start = System.nanoTime();
        try {
            return query.run(EntryCount::countOn);
        } finally {
            synchronized (this) {
                countedAt = System.nanoTime();
                tookMillis = TimeUnit.NANOSECONDS.toMillis(countedAt - start);
                pauseMillis = EVERY_MILLIS;
            }
        }
    }

    private static long[] countOn(Connection connection) throws SQLException {
        return Sql.query(connection, COUNT, Sql.Parameters.NONE, row -> new long[] {row.getLong(1), row.getLong(2)})
                .get(0);
    }

    private synchronized boolean accept(long[] seen, long moment) {
        if (isOvertaken(moment) && System.nanoTime() - acceptedAt < atLatest.toNanos()) {
            // Once more at the next look.
            pauseMillis = 0;
            return false;
        }
        accept(seen);
        return true;
    }

    private synchronized void accept(long[] seen) {
        entries = seen[0];
        oldestMillis = entries == 0 ? NONE : seen[1];
        acceptedAt = System.nanoTime();
    }

    private boolean isOvertaken(long moment) {
        return moment % 2 != 0 || moment != changes;
    }

    /** To be taken before one looks, and given to {@link #none}. */
    synchronized long moment() {
        return changes;
    }

    /** This process is about to make a change; {@link #changed} follows in any case. */
    synchronized void changing() {
        changes++;
    }

    /** It wrote entries, or (negative) removed some; 0 if it came to nothing. */
    synchronized void changed(int by) {
        changes++;
        entries = Math.max(0, entries + by);
        if (by > 0) {
            oldestMillis = Math.min(oldestMillis, clock.millis());
        }
    }

    /** Somebody looked, and saw that there are none. */
    synchronized void none(long moment) {
        if (!isOvertaken(moment)) {
            accept(new long[] {0, 0});
        }
    }

    synchronized long entries() {
        return entries;
    }

    /** How long the oldest entry has waited, in milliseconds; 0 if there is none. */
    synchronized long oldestAgeMillis() {
        return entries == 0 || oldestMillis == NONE ? 0 : Math.max(0, clock.millis() - oldestMillis);
    }
}
