package dev.tokencache.store.journal.sql;

import dev.tokencache.store.journal.JournalEntry;
import dev.tokencache.token.TokenLocator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What waits for Redis: taken for a while, then removed or given back. Each call belongs in one transaction. */
final class EntryBacklog {

    /** How long a process has to bring to Redis what it took. If it dies, another takes it then. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** For a record of a later version of this service: perhaps that one comes back, and understands it. */
    private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(10);

    /** What is dropped at once, so that a transaction stays short. */
    private static final int MOST_DROPPED = 1000;

    private static final String SETTLE = "delete from journal_entry where entry_key = ? and kind = ? and version = ?";

    private static final String RELEASE = "update journal_entry set taken_until = ? where entry_key = ? and kind = ?";

    /** As in {@link dev.tokencache.store.journal.JournaledState#record}: a later issue of a foreign token goes on. */
    private static final String DELETE_VOID =
            "delete from journal_entry where entry_key = ? and kind = 'T' and (foreign_nonce is null or at_millis <= ?)";

    private static final String DELETE_VOID_OF_SUBJECT = DELETE_VOID + " and subject_tag = ?";

    private static final String DELETE_MARKED =
            "delete from journal_entry where subject_tag = ? and kind = 'T' and at_millis <= ?";

    private final Clock clock;
    private final String takeFirst;
    private final String takeRecords;
    private final String drop;

    EntryBacklog(Dialect dialect, Clock clock) {
        this.clock = clock;
        this.takeFirst = take("e.kind in ('E', 'M')", dialect);
        this.takeRecords = take(
                "e.kind = 'T' and not exists (select 1 from journal_entry x where x.kind = 'E'"
                        + " and x.entry_key in (e.entry_key, e.subject_tag || e.entry_key))"
                        + " and not exists (select 1 from journal_entry x where x.kind = 'M'"
                        + " and x.entry_key = e.subject_tag)",
                dialect);
        this.drop =
                "with ended as (select entry_key, kind from journal_entry where ends_at <= ? order by ends_at limit "
                        + MOST_DROPPED + dialect.skippingLocked()
                        + ") delete from journal_entry where (entry_key, kind) in (select entry_key, kind from ended)";
    }

    /** The rows are chosen once, in a part of its own: as a condition of the update they could be chosen again. */
    private static String take(String condition, Dialect dialect) {
        return "with chosen as (select e.entry_key, e.kind from journal_entry e where " + condition
                + " and e.taken_until <= ? order by e.written_at limit ?" + dialect.skippingLocked()
                + ") update journal_entry set taken_until = ? from chosen"
                + " where journal_entry.entry_key = chosen.entry_key and journal_entry.kind = chosen.kind returning "
                + EntryRow.columns("journal_entry");
    }

    /**
     * What was taken.
     *
     * @param unreadable how many entries could not be read; they stay where they are
     * @param dropped how many were removed because they have outlived their use
     */
    record Taken(List<JournalEntry> entries, int unreadable, int dropped) {}

    /** Expiries and marks first, then records that none of them is about; the oldest first. */
    Taken take(Connection transaction, int atMost) throws SQLException {
        int dropped = Sql.update(transaction, drop, statement -> statement.setLong(1, clock.millis()));
        List<EntryRow> rows = take(transaction, takeFirst, atMost);
        if (rows.size() < atMost) {
            rows.addAll(take(transaction, takeRecords, atMost - rows.size()));
        }
        List<JournalEntry> entries = new ArrayList<>(rows.size());
        List<EntryKey> unreadable = new ArrayList<>();
        for (EntryRow row : rows) {
            try {
                entries.add(row.entry());
            } catch (IllegalArgumentException e) {
                unreadable.add(row.key());
            }
        }
        release(transaction, clock.millis() + UNREADABLE_PAUSE.toMillis(), unreadable);
        return new Taken(entries, unreadable.size(), dropped);
    }

    private List<EntryRow> take(Connection transaction, String sql, int atMost) throws SQLException {
        long now = clock.millis();
        List<EntryRow> rows = Sql.query(
                transaction,
                sql,
                statement -> {
                    statement.setLong(1, now);
                    statement.setInt(2, atMost);
                    statement.setLong(3, now + LEASE.toMillis());
                },
                EntryRow::read);
        // The order of what an update returns is anyone's guess.
        rows.sort(Comparator.comparing(EntryRow::writtenAtMillis));
        return rows;
    }

    /**
     * Removes what was brought to Redis; what was replaced meanwhile can be taken again at once.
     *
     * @return how many rows were removed
     */
    int settle(Connection transaction, List<JournalEntry> replayed) throws SQLException {
        List<JournalEntry> entries = replayed.stream()
                .sorted(Comparator.comparing(EntryKey::of, EntryKey.ORDER))
                .toList();
        int[] removed = Sql.batch(transaction, SETTLE, entries, EntryBacklog::bindSettle);
        List<JournalEntry.Expiry> expiries = new ArrayList<>();
        List<JournalEntry.Mark> marks = new ArrayList<>();
        List<EntryKey> replaced = new ArrayList<>();
        int total = 0;
        for (int i = 0; i < removed.length; i++) {
            JournalEntry entry = entries.get(i);
            total += removed[i];
            if (removed[i] == 0) {
                replaced.add(EntryKey.of(entry));
            } else if (entry instanceof JournalEntry.Expiry expiry) {
                expiries.add(expiry);
            } else if (entry instanceof JournalEntry.Mark mark) {
                marks.add(mark);
            }
        }
        release(transaction, 0, replaced);
        return total + deleteVoid(transaction, expiries) + deleteMarked(transaction, marks);
    }

    /** Nothing in the journal would speak against these records any more. */
    private static int deleteMarked(Connection transaction, List<JournalEntry.Mark> marks) throws SQLException {
        return Sql.sum(Sql.batch(transaction, DELETE_MARKED, marks, (statement, mark) -> {
            statement.setString(1, mark.subject().value());
            statement.setLong(2, mark.notBeforeMillis());
        }));
    }

    private static void bindSettle(PreparedStatement statement, JournalEntry entry) throws SQLException {
        EntryKey key = EntryKey.of(entry);
        statement.setString(1, key.text());
        statement.setString(2, key.kind().letter());
        statement.setLong(3, entry.version());
    }

    /** An expiry that is not in the journal any more can not keep a record from being taken for good. */
    private static int deleteVoid(Connection transaction, List<JournalEntry.Expiry> expiries) throws SQLException {
        List<JournalEntry.Expiry> ours = new ArrayList<>();
        List<JournalEntry.Expiry> foreign = new ArrayList<>();
        for (JournalEntry.Expiry expiry : expiries) {
            (expiry.token() instanceof TokenLocator.ById ? ours : foreign).add(expiry);
        }
        int[] deletedOurs = Sql.batch(transaction, DELETE_VOID_OF_SUBJECT, ours, (statement, expiry) -> {
            bindVoid(statement, expiry);
            statement.setString(
                    3, ((TokenLocator.ById) expiry.token()).id().tag().value());
        });
        int[] deletedForeign = Sql.batch(transaction, DELETE_VOID, foreign, EntryBacklog::bindVoid);
        return Sql.sum(deletedOurs) + Sql.sum(deletedForeign);
    }

    private static void bindVoid(PreparedStatement statement, JournalEntry.Expiry expiry) throws SQLException {
        statement.setString(1, expiry.token().hash().text());
        statement.setLong(2, expiry.atMillis());
    }

    /**
     * Lets entries be taken again after a pause.
     *
     * @return how many were given back
     */
    int giveBack(Connection transaction, List<JournalEntry> entries) throws SQLException {
        return release(
                transaction,
                clock.millis() + PAUSE.toMillis(),
                entries.stream().map(EntryKey::of).sorted(EntryKey.ORDER).toList());
    }

    private static int release(Connection transaction, long takenUntilMillis, List<EntryKey> keys) throws SQLException {
        return Sql.sum(Sql.batch(transaction, RELEASE, keys, (statement, key) -> {
            statement.setLong(1, takenUntilMillis);
            statement.setString(2, key.text());
            statement.setString(3, key.kind().letter());
        }));
    }
}
