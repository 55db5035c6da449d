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
 * Claims entries for the replay. The queue is ordered by {@code taken_until}, then {@code written_at}: entries that were
 * never tried come first, and entries that Redis did not accept go to the end. Entries of a shard that is down therefore do
 * not block those of other shards.
 */
final class BacklogClaim {

    /** The maximum number of outlived entries removed in one transaction, which keeps it short. */
    private static final int MAX_DROPPED = 1000;

    /** One entry in four is reserved for records and validations. */
    private static final int RECORD_SHARE = 4;

    private static final String IS_BLOCKED = "exists (select 1 from journal_entry x where x.kind = 'E'"
            + " and x.entry_key in (e.entry_key, e.subject_tag || e.entry_key))"
            + " or exists (select 1 from journal_entry x where x.kind = 'M' and x.entry_key = e.subject_tag)";

    private final Clock clock;
    private final String claimRevocations;
    private final String claimRecords;
    private final String drop;

    BacklogClaim(SqlDialect dialect, Clock clock) {
        this.clock = clock;
        this.claimRevocations = claimSql("0", "e.kind in ('E', 'M')", dialect);
        this.claimRecords = claimSql("case when " + IS_BLOCKED + " then 1 else 0 end", "e.kind in ('T', 'V')", dialect);
        this.drop =
                "with ended as (select entry_key, kind from journal_entry where ends_at <= ? order by ends_at limit "
                        + MAX_DROPPED + dialect.skippingLocked()
                        + ") delete from journal_entry where (entry_key, kind) in (select entry_key, kind from ended)";
    }

    /**
     * The rows are selected in a common table expression, which is evaluated once; a condition of the update could be
     * evaluated again. A blocked record also goes to the end of the queue: skipping all blocked records each time could take
     * long.
     */
    private static String claimSql(String isBlocked, String condition, SqlDialect dialect) {
        return "with chosen as (select e.entry_key, e.kind, " + isBlocked + " as blocked from journal_entry e where "
                + condition + " and e.taken_until <= ? order by e.taken_until, e.written_at limit ?"
                + dialect.skippingLocked()
                + ") update journal_entry set taken_until = case chosen.blocked when 1 then ? else ? end from chosen"
                + " where journal_entry.entry_key = chosen.entry_key and journal_entry.kind = chosen.kind returning "
                + EntryRow.columns("journal_entry") + ", journal_entry.taken_until";
    }

    /** The result of a claim; {@code unreadable} entries stay in the journal, {@code dropped} ones were outlived. */
    record Claimed(List<JournalEntry> entries, int unreadable, int dropped) {}

    /** Claims expiries and not-before times first, then records that none of them blocks. */
    Claimed claim(Connection transaction, int limit) throws SQLException {
        long now = clock.millis();
        int dropped = Sql.update(transaction, drop, statement -> statement.setLong(1, now));
        int maxRevocations = limit - limit / RECORD_SHARE;
        List<EntryRow> rows = claim(transaction, claimRevocations, now, maxRevocations);
        List<EntryRow> records = claim(transaction, claimRecords, now, limit - rows.size());
        if (rows.size() == maxRevocations) {
            rows.addAll(claim(transaction, claimRevocations, now, limit - rows.size() - records.size()));
        }
        rows.addAll(records);
        return decode(transaction, rows, dropped);
    }

    private Claimed decode(Connection transaction, List<EntryRow> rows, int dropped) throws SQLException {
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
        return new Claimed(entries, unreadable.size(), dropped);
    }

    private static List<EntryRow> claim(Connection transaction, String sql, long now, int limit) throws SQLException {
        List<EntryRow> rows = new ArrayList<>();
        if (limit > 0) {
            Sql.query(transaction, sql, statement -> bind(statement, now, limit), row -> {
                boolean isBlocked = row.getLong(EntryRow.COLUMN_COUNT + 1) == now;
                return isBlocked || rows.add(EntryRow.read(row));
            });
        }
        // An update returns its rows in no particular order.
        rows.sort(Comparator.comparing(EntryRow::writtenAtMillis));
        return rows;
    }

    private static void bind(PreparedStatement statement, long now, int limit) throws SQLException {
        statement.setLong(1, now);
        statement.setInt(2, limit);
        statement.setLong(3, now);
        statement.setLong(4, now + Leases.CLAIMED.toMillis());
    }
}
