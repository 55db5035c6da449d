package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Takes entries that wait for Redis. The queue is the order of {@code taken_until} and then of {@code written_at}: what was
 * never tried comes first, and what Redis did not take goes to the end, so that the entries of a shard that is down do not
 * keep those of the others from being replayed.
 */
final class BacklogClaim {

    /** What is dropped at once, so that a transaction stays short. */
    private static final int MAX_DROPPED = 1000;

    /** This part of what is taken is left to records. */
    private static final int RECORDS = 4;

    private static final String IS_BLOCKED = "exists (select 1 from journal_entry x where x.kind = 'E'"
            + " and x.entry_key in (e.entry_key, e.subject_tag || e.entry_key))"
            + " or exists (select 1 from journal_entry x where x.kind = 'M' and x.entry_key = e.subject_tag)";

    private final Clock clock;
    private final String takeFirst;
    private final String takeRecords;
    private final String drop;

    BacklogClaim(SqlDialect dialect, Clock clock) {
        this.clock = clock;
        this.takeFirst = take("0", "e.kind in ('E', 'M')", dialect);
        this.takeRecords = take("case when " + IS_BLOCKED + " then 1 else 0 end", "e.kind = 'T'", dialect);
        this.drop =
                "with ended as (select entry_key, kind from journal_entry where ends_at <= ? order by ends_at limit "
                        + MAX_DROPPED + dialect.skippingLocked()
                        + ") delete from journal_entry where (entry_key, kind) in (select entry_key, kind from ended)";
    }

    /**
     * The rows are chosen once, in a part of its own: as a condition of the update they could be chosen again. A record that
     * can not be replayed yet goes to the end of the queue: looking past all of these each time could take long.
     */
    private static String take(String isBlocked, String condition, SqlDialect dialect) {
        return "with chosen as (select e.entry_key, e.kind, " + isBlocked + " as blocked from journal_entry e where "
                + condition + " and e.taken_until <= ? order by e.taken_until, e.written_at limit ?"
                + dialect.skippingLocked()
                + ") update journal_entry set taken_until = case chosen.blocked when 1 then ? else ? end from chosen"
                + " where journal_entry.entry_key = chosen.entry_key and journal_entry.kind = chosen.kind returning "
                + EntryRow.columns("journal_entry") + ", journal_entry.taken_until";
    }

    /**
     * What was taken.
     *
     * @param unreadable how many entries could not be read; they stay where they are
     * @param dropped how many were removed because they have outlived their use
     */
    record Taken(List<JournalEntry> entries, int unreadable, int dropped) {}

    /** Expiries and marks first, then records that none of them is about. */
    Taken take(Connection transaction, int atMost) throws SQLException {
        long now = clock.millis();
        int dropped = Sql.update(transaction, drop, statement -> statement.setLong(1, now));
        int most = atMost - atMost / RECORDS;
        List<EntryRow> first = take(transaction, takeFirst, now, most);
        List<EntryRow> records = take(transaction, takeRecords, now, atMost - first.size());
        if (first.size() == most) {
            first.addAll(take(transaction, takeFirst, now, atMost - first.size() - records.size()));
        }
        first.addAll(records);
        return read(transaction, first, dropped);
    }

    private Taken read(Connection transaction, List<EntryRow> rows, int dropped) throws SQLException {
        List<JournalEntry> entries = new ArrayList<>(rows.size());
        List<EntryKey> unreadable = new ArrayList<>();
        for (EntryRow row : rows) {
            try {
                entries.add(row.entry());
            } catch (IllegalArgumentException e) {
                unreadable.add(row.key());
            }
        }
        Leases.set(transaction, clock.millis() + Leases.UNREADABLE.toMillis(), unreadable);
        return new Taken(entries, unreadable.size(), dropped);
    }

    private static List<EntryRow> take(Connection transaction, String sql, long now, int atMost) throws SQLException {
        List<EntryRow> rows = new ArrayList<>();
        if (atMost > 0) {
            Sql.query(transaction, sql, statement -> bind(statement, now, atMost), row -> {
                boolean isBlocked = row.getLong(EntryRow.COLUMN_COUNT + 1) == now;
                return isBlocked || rows.add(EntryRow.read(row));
            });
        }
        // The order of what an update returns is anyone's guess.
        rows.sort(Comparator.comparing(EntryRow::writtenAtMillis));
        return rows;
    }

    private static void bind(PreparedStatement statement, long now, int atMost) throws SQLException {
        statement.setLong(1, now);
        statement.setInt(2, atMost);
        statement.setLong(3, now);
        statement.setLong(4, now + Leases.TAKEN.toMillis());
    }
}
