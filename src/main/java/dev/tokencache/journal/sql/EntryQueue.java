package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalEntry.Expiry;
import dev.tokencache.journal.JournalEntry.NotBefore;
import dev.tokencache.seal.Seal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The entries as a queue for the replay. It is ordered by {@code taken_until}, the end of an entry's lease in milliseconds since
 * the epoch, then by {@code written_at}: entries that were never tried come first, and entries that Redis did not accept go to
 * the end. Entries of a shard that is down therefore do not block those of other shards.
 */
final class EntryQueue {

    /** How long a process may take to replay a claimed entry. If it dies, another process can claim the entry then. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How long an entry that Redis did not accept waits. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long an unreadable entry waits. A later version of this service may have written it and may come back. */
    private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(10);

    /** The maximum number of outlived entries removed in one transaction, which keeps it short. */
    private static final int MAX_DROPPED = 1000;

    /** One entry in four is reserved for records and validations. */
    private static final int RECORD_SHARE = 4;

    private static final String IS_BLOCKED = "exists (select 1 from journal_entry x where x.kind = 'E'"
            + " and x.entry_key in (e.entry_key, e.subject_tag || e.entry_key))"
            + " or exists (select 1 from journal_entry x where x.kind = 'M' and x.entry_key = e.subject_tag)";

    private static final String REMOVE = "delete from journal_entry where entry_key = ? and kind = ? and version = ?";

    private static final String KEEP = "update journal_entry set taken_until = ?,"
            + " accepted_at = case accepted_at when 0 then ? else accepted_at end"
            + " where entry_key = ? and kind = ? and version = ?";

    private static final String SET_LEASE = "update journal_entry set taken_until = ? where entry_key = ? and kind = ?";

    private final Clock clock;
    private final Seal seal;
    private final String claimRevocations;
    private final String claimRecords;
    private final String drop;

    EntryQueue(SqlDialect dialect, Clock clock, Seal seal) {
        this.clock = clock;
        this.seal = seal;
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
        setLease(transaction, clock.millis() + UNREADABLE_PAUSE.toMillis(), unreadable);
        return new Claimed(entries, unreadable.size(), dropped);
    }

    private List<EntryRow> claim(Connection transaction, String sql, long now, int limit) throws SQLException {
        List<EntryRow> rows = new ArrayList<>();
        if (limit > 0) {
            Sql.query(transaction, sql, statement -> bind(statement, now, limit), row -> {
                boolean isBlocked = row.getLong(EntryRow.COLUMN_COUNT + 1) == now;
                return isBlocked || rows.add(EntryRow.read(row, seal));
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
        statement.setLong(4, now + LEASE.toMillis());
    }

    /**
     * Removes replayed entries, and the records that a removed expiry or not-before time makes inactive. Returns the number of
     * removed rows.
     */
    int acknowledge(Connection transaction, List<JournalEntry> replayed) throws SQLException {
        List<JournalEntry> removed =
                unlessReplaced(transaction, REMOVE, replayed, (statement, entry) -> bindVersion(statement, 1, entry));
        List<Expiry> expiries = new ArrayList<>();
        List<NotBefore> subjects = new ArrayList<>();
        for (JournalEntry entry : removed) {
            if (entry instanceof Expiry expiry) {
                expiries.add(expiry);
            } else if (entry instanceof NotBefore notBefore) {
                subjects.add(notBefore);
            }
        }
        return removed.size()
                + SupersededRecords.removeExpired(transaction, expiries)
                + SupersededRecords.removeOfSubjects(transaction, subjects);
    }

    /** Keeps accepted entries, which can be claimed again after the pause, to be confirmed. */
    int keep(Connection transaction, List<JournalEntry> accepted, Duration pause) throws SQLException {
        long now = clock.millis();
        return unlessReplaced(transaction, KEEP, accepted, (statement, entry) -> {
                    statement.setLong(1, now + pause.toMillis());
                    statement.setLong(2, now);
                    bindVersion(statement, 3, entry);
                })
                .size();
    }

    /**
     * Changes entries that exist as they were claimed, and returns them. One that was replaced since its claim can be claimed
     * again immediately.
     */
    private static List<JournalEntry> unlessReplaced(
            Connection transaction, String sql, List<JournalEntry> claimed, Sql.Binder<JournalEntry> binder)
            throws SQLException {
        List<JournalEntry> ordered = claimed.stream()
                .sorted(Comparator.comparing(EntryKey::of, EntryKey.ORDER))
                .toList();
        int[] changed = Sql.batch(transaction, sql, ordered, binder);
        List<JournalEntry> unreplaced = new ArrayList<>();
        List<EntryKey> replaced = new ArrayList<>();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i] == 0) {
                replaced.add(EntryKey.of(ordered.get(i)));
            } else {
                unreplaced.add(ordered.get(i));
            }
        }
        setLease(transaction, 0, replaced);
        return unreplaced;
    }

    private static void bindVersion(PreparedStatement statement, int from, JournalEntry entry) throws SQLException {
        EntryKey key = EntryKey.of(entry);
        statement.setString(from, key.text());
        statement.setString(from + 1, key.kind().letter());
        statement.setLong(from + 2, entry.version());
    }

    /** Shortens the leases of entries, which can be claimed again after a pause. Returns how many still exist. */
    int release(Connection transaction, List<JournalEntry> entries) throws SQLException {
        return setLease(
                transaction,
                clock.millis() + PAUSE.toMillis(),
                entries.stream().map(EntryKey::of).sorted(EntryKey.ORDER).toList());
    }

    private static int setLease(Connection transaction, long untilMillis, List<EntryKey> keys) throws SQLException {
        return Sql.sum(Sql.batch(transaction, SET_LEASE, keys, (statement, key) -> {
            statement.setLong(1, untilMillis);
            statement.setString(2, key.text());
            statement.setString(3, key.kind().letter());
        }));
    }
}
