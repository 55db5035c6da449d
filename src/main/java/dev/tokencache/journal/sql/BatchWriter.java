package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalEvents;
import dev.tokencache.journal.JournalEvents.Failure;
import dev.tokencache.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Commits what waits to be written: all entries in one transaction, whose cost they share. Works on one thread only, so
 * that {@link JournalActivity} sees its writes one behind the other.
 */
final class BatchWriter {

    private static final StoreUnavailableException FULL = new StoreUnavailableException("the journal is full");

    private final Database database;
    private final EntryWrites entries;
    private final JournalActivity presence;
    private final EntryCount count;
    private final JournalState condition;
    private final JournalEvents events;
    private final Acknowledgement acknowledgement;
    private final int maxEntries;
    private final String present;

    /** Answers the callers, after a while. */
    @FunctionalInterface
    interface Acknowledgement {
        void after(Duration delay, List<Runnable> answers);
    }

    BatchWriter(
            Database database,
            EntryWrites entries,
            JournalActivity presence,
            EntryCount count,
            JournalState condition,
            JournalEvents events,
            Acknowledgement acknowledgement,
            int maxEntries) {
        this.database = database;
        this.entries = entries;
        this.presence = presence;
        this.count = count;
        this.condition = condition;
        this.events = events;
        this.acknowledgement = acknowledgement;
        this.maxEntries = maxEntries;
        this.present = "select entry_key, kind from journal_entry where "
                + database.dialect().isOneOf("entry_key");
    }

    /** Never throws. */
    void write(List<Write> batch) {
        List<Write.Entry> shared = new ArrayList<>(batch.size());
        for (Write write : batch) {
            if (write instanceof Write.Entry entry && !entry.caller().isAbandoned()) {
                shared.add(entry);
            }
        }
        if (!shared.isEmpty()) {
            commit(shared);
        }
        for (Write write : batch) {
            if (write instanceof Write.Backlog<?> backlog && !backlog.caller().isAbandoned()) {
                commit(backlog);
            }
        }
    }

    private void commit(List<Write.Entry> writes) {
        if (!isDone(writes)) {
            writes.forEach(write -> isDone(List.of(write)));
        }
    }

    /** @return false if nothing was done since one of them may be to blame, so that the others deserve another try */
    private boolean isDone(List<Write.Entry> writes) {
        presence.writing();
        Committed committed;
        try {
            committed = change(transaction -> inOneTransaction(transaction, writes), Committed::added);
        } catch (SQLException e) {
            presence.failed();
            if (writes.size() > 1 && isOfOneOfThem(e)) {
                return false;
            }
            fail(writes, e);
            return true;
        } catch (RuntimeException e) {
            presence.failed();
            fail(writes, e);
            return true;
        }
        presence.wrote();
        acknowledge(committed);
        return true;
    }

    /** In one transaction. A count that is under way meanwhile has to know, since it may see the change or not. */
    private <T> T change(Database.Work<T> work, ToIntFunction<T> added) throws SQLException {
        int by = 0;
        count.changing();
        try {
            T result = database.write(work);
            by = added.applyAsInt(result);
            return result;
        } finally {
            count.changed(by);
        }
    }

    /**
     * What became of a transaction.
     *
     * @param delay how long the answers have to wait
     * @param refused what there was no room for
     */
    private record Committed(EntryWrites.Outcome outcome, Duration delay, List<Write.Entry> refused) {
        int added() {
            return outcome.added();
        }
    }

    private Committed inOneTransaction(Connection transaction, List<Write.Entry> writes) throws SQLException {
        List<Write.Entry> refused = new ArrayList<>();
        List<Write.Entry> admitted = admitted(transaction, writes, refused);
        if (admitted.isEmpty()) {
            return new Committed(EntryWrites.Outcome.NOTHING, Duration.ZERO, refused);
        }
        Duration delay = database.gate().open(transaction);
        return new Committed(entries.write(transaction, admitted), delay, refused);
    }

    /** All of them; near the limit, those that change a row that is there, and new ones as far as there is room. */
    private List<Write.Entry> admitted(Connection transaction, List<Write.Entry> writes, List<Write.Entry> refused)
            throws SQLException {
        if (count.entries() + writes.size() <= maxEntries) {
            return writes;
        }
        count.refreshIfCheap(transaction);
        Set<EntryKey> known = present(transaction, writes);
        long room = maxEntries - count.entries();
        List<Write.Entry> admitted = new ArrayList<>();
        for (Write.Entry write : writes) {
            if (known.contains(write.key())) {
                admitted.add(write);
            } else if (room > 0) {
                room--;
                known.add(write.key());
                admitted.add(write);
            } else {
                refused.add(write);
            }
        }
        return admitted;
    }

    private Set<EntryKey> present(Connection transaction, List<Write.Entry> writes) throws SQLException {
        List<String> texts = writes.stream().map(write -> write.key().text()).toList();
        return new HashSet<>(Sql.query(
                transaction,
                present,
                statement -> database.dialect().bind(transaction, statement, 1, texts),
                row -> new EntryKey(EntryKind.of(row.getString(2)), row.getString(1))));
    }

    private void acknowledge(Committed committed) {
        condition.wrote();
        events.written(committed.outcome().written());
        acknowledgement.after(committed.delay(), committed.outcome().answers());
        committed.refused().forEach(this::refuse);
    }

    private void refuse(Write.Entry write) {
        condition.refused();
        events.failed(Failure.FULL);
        write.caller().fail(FULL);
    }

    private <T> void commit(Write.Backlog<T> backlog) {
        try {
            T result = change(backlog.work(), backlog.added());
            condition.wrote();
            backlog.caller().complete(result);
        } catch (SQLException | RuntimeException e) {
            condition.notWritten(database.explain(e));
            events.failed(Failure.BACKLOG);
            backlog.caller().fail(new StoreUnavailableException("the journal could not be changed"));
        }
    }

    private void fail(List<Write.Entry> writes, Exception cause) {
        condition.notWritten(database.explain(cause));
        StoreUnavailableException failure = new StoreUnavailableException("the journal could not be written");
        for (Write.Entry write : writes) {
            events.failed(Failure.WRITE);
            write.caller().fail(failure);
        }
    }

    /**
     * Whether one of many statements may be to blame: data that the database does not take (SQLSTATE classes 22 and 23),
     * or a conflict with another transaction (40).
     */
    private static boolean isOfOneOfThem(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("40"));
    }
}
