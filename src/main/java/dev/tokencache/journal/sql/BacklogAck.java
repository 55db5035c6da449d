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

/** What becomes of entries that were taken. */
final class BacklogAck {

    private static final String REMOVE = "delete from journal_entry where entry_key = ? and kind = ? and version = ?";

    private final Clock clock;

    BacklogAck(Clock clock) {
        this.clock = clock;
    }

    /**
     * Removes what was brought to Redis, and with expiries and marks the records that nothing in the journal would speak
     * against any more. What was replaced meanwhile can be taken again at once.
     *
     * @return how many rows were removed
     */
    int settle(Connection transaction, List<JournalEntry> replayed) throws SQLException {
        List<JournalEntry> entries = replayed.stream()
                .sorted(Comparator.comparing(EntryKey::of, EntryKey.ORDER))
                .toList();
        int[] removed = Sql.batch(transaction, REMOVE, entries, BacklogAck::bind);
        List<SupersededRecords.Expired> expiries = new ArrayList<>();
        List<SupersededRecords.RevokedSubject> notBefores = new ArrayList<>();
        List<EntryKey> replaced = new ArrayList<>();
        for (int i = 0; i < removed.length; i++) {
            JournalEntry entry = entries.get(i);
            if (removed[i] == 0) {
                replaced.add(EntryKey.of(entry));
            } else if (entry instanceof Expiry expiry) {
                expiries.add(new SupersededRecords.Expired(expiry.token(), expiry.atMillis()));
            } else if (entry instanceof NotBefore notBefore) {
                notBefores.add(new SupersededRecords.RevokedSubject(notBefore.subject(), notBefore.notBeforeMillis()));
            }
        }
        Leases.set(transaction, 0, replaced);
        return Sql.sum(removed)
                + SupersededRecords.removeExpired(transaction, expiries)
                + SupersededRecords.removeRevoked(transaction, notBefores);
    }

    private static void bind(PreparedStatement statement, JournalEntry entry) throws SQLException {
        EntryKey key = EntryKey.of(entry);
        statement.setString(1, key.text());
        statement.setString(2, key.kind().letter());
        statement.setLong(3, entry.version());
    }

    /**
     * Lets entries be taken again after a pause.
     *
     * @return how many were given back
     */
    int giveBack(Connection transaction, List<JournalEntry> entries) throws SQLException {
        return Leases.set(
                transaction,
                clock.millis() + Leases.PAUSE.toMillis(),
                entries.stream().map(EntryKey::of).sorted(EntryKey.ORDER).toList());
    }
}
