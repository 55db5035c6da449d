package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalEntry.Expiry;
import dev.tokencache.journal.JournalEntry.NotBefore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Acknowledges and releases entries that were claimed. */
final class BacklogAck {

    private static final String REMOVE = "delete from journal_entry where entry_key = ? and kind = ? and version = ?";

    private final Clock clock;

    BacklogAck(Clock clock) {
        this.clock = clock;
    }

    /**
     * Removes replayed entries, and the records that a removed expiry or not-before time makes inactive. An entry that was
     * replaced since its claim can be claimed again immediately.
     *
     * @return the number of removed rows
     */
    int acknowledge(Connection transaction, List<JournalEntry> replayed) throws SQLException {
        List<JournalEntry> entries = replayed.stream()
                .sorted(Comparator.comparing(EntryKey::of, EntryKey.ORDER))
                .toList();
        int[] removed = Sql.batch(transaction, REMOVE, entries, BacklogAck::bind);
        List<SupersededRecords.Expired> expiries = new ArrayList<>();
        List<SupersededRecords.ExpiredSubject> subjects = new ArrayList<>();
        List<EntryKey> replaced = new ArrayList<>();
        for (int i = 0; i < removed.length; i++) {
            JournalEntry entry = entries.get(i);
            if (removed[i] == 0) {
                replaced.add(EntryKey.of(entry));
            } else if (entry instanceof Expiry expiry) {
                expiries.add(new SupersededRecords.Expired(expiry.token(), expiry.atMillis()));
            } else if (entry instanceof NotBefore notBefore) {
                subjects.add(new SupersededRecords.ExpiredSubject(notBefore.subject(), notBefore.notBeforeMillis()));
            }
        }
        Leases.set(transaction, 0, replaced);
        return Sql.sum(removed)
                + SupersededRecords.removeExpired(transaction, expiries)
                + SupersededRecords.removeOfSubjects(transaction, subjects);
    }

    private static void bind(PreparedStatement statement, JournalEntry entry) throws SQLException {
        EntryKey key = EntryKey.of(entry);
        statement.setString(1, key.text());
        statement.setString(2, key.kind().letter());
        statement.setLong(3, entry.version());
    }

    /**
     * Shortens the leases of entries, which can be claimed again after a pause.
     *
     * @return the number of entries that still exist
     */
    int release(Connection transaction, List<JournalEntry> entries) throws SQLException {
        return Leases.set(
                transaction,
                clock.millis() + Leases.PAUSE.toMillis(),
                entries.stream().map(EntryKey::of).sorted(EntryKey.ORDER).toList());
    }
}
