package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalEntry.Expiry;
import dev.tokencache.journal.JournalEntry.NotBefore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Removes, keeps and releases entries that were claimed. */
record BacklogAck(Clock clock) {

    private static final String REMOVE = "delete from journal_entry where entry_key = ? and kind = ? and version = ?";

    private static final String KEEP = "update journal_entry set taken_until = ?,"
            + " accepted_at = case accepted_at when 0 then ? else accepted_at end"
            + " where entry_key = ? and kind = ? and version = ?";

    /**
     * Removes replayed entries, and the records that a removed expiry or not-before time makes inactive. One that was
     * replaced since its claim can be claimed again immediately. Returns the number of removed rows.
     */
    int acknowledge(Connection transaction, List<JournalEntry> replayed) throws SQLException {
        List<JournalEntry> entries = inOrder(replayed);
        int[] removed = Sql.batch(transaction, REMOVE, entries, (statement, entry) -> bind(statement, 1, entry));
        List<Expiry> expiries = new ArrayList<>();
        List<NotBefore> subjects = new ArrayList<>();
        List<EntryKey> replaced = new ArrayList<>();
        for (int i = 0; i < removed.length; i++) {
            JournalEntry entry = entries.get(i);
            if (removed[i] == 0) {
                replaced.add(EntryKey.of(entry));
            } else if (entry instanceof Expiry expiry) {
                expiries.add(expiry);
            } else if (entry instanceof NotBefore notBefore) {
                subjects.add(notBefore);
            }
        }
        Leases.set(transaction, 0, replaced);
        return Sql.sum(removed)
                + SupersededRecords.removeExpired(transaction, expiries)
                + SupersededRecords.removeOfSubjects(transaction, subjects);
    }

    private static List<JournalEntry> inOrder(List<JournalEntry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing(EntryKey::of, EntryKey.ORDER))
                .toList();
    }

    private static void bind(PreparedStatement statement, int from, JournalEntry entry) throws SQLException {
        EntryKey key = EntryKey.of(entry);
        statement.setString(from, key.text());
        statement.setString(from + 1, key.kind().letter());
        statement.setLong(from + 2, entry.version());
    }

    /**
     * Keeps accepted entries, which can be claimed again after the pause, to be confirmed. One that was replaced since
     * its claim can be claimed again immediately. Returns how many still exist as they were claimed.
     */
    int keep(Connection transaction, List<JournalEntry> accepted, Duration pause) throws SQLException {
        long now = clock.millis();
        List<JournalEntry> entries = inOrder(accepted);
        int[] kept = Sql.batch(transaction, KEEP, entries, (statement, entry) -> {
            statement.setLong(1, now + pause.toMillis());
            statement.setLong(2, now);
            bind(statement, 3, entry);
        });
        List<EntryKey> replaced = new ArrayList<>();
        for (int i = 0; i < kept.length; i++) {
            if (kept[i] == 0) {
                replaced.add(EntryKey.of(entries.get(i)));
            }
        }
        Leases.set(transaction, 0, replaced);
        return Sql.sum(kept);
    }

    /** Shortens the leases of entries, which can be claimed again after a pause. Returns how many still exist. */
    int release(Connection transaction, List<JournalEntry> entries) throws SQLException {
        return Leases.set(
                transaction,
                clock.millis() + Leases.PAUSE.toMillis(),
                entries.stream().map(EntryKey::of).sorted(EntryKey.ORDER).toList());
    }
}
