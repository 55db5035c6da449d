package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalMetrics.Failure;
import dev.tokencache.token.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/** Commits pending writes, each batch in one transaction, on one thread, as {@link JournalActivity} expects. */
final class BatchWriter {

    private static final StoreUnavailableException FULL = new StoreUnavailableException("the journal is full");

    private final Database database;
    private final EntryWrites entries;
    private final JournalActivity activity;
    private final EntryCount count;
    private final JournalState state;
    private final JournalMetrics events;
    /** Completes the callers after a delay. */
    private final BiConsumer<Duration, List<Runnable>> acknowledgement;

    private final int maxEntries;
    private final String findPresent;

    BatchWriter(
            Database database,
            EntryWrites entries,
            JournalActivity activity,
            EntryCount count,
            JournalState state,
            JournalMetrics events,
            BiConsumer<Duration, List<Runnable>> acknowledgement,
            int maxEntries) {
        this.database = database;
        this.entries = entries;
        this.activity = activity;
        this.count = count;
        this.state = state;
        this.events = events;
        this.acknowledgement = acknowledgement;
        this.maxEntries = maxEntries;
        this.findPresent = "select entry_key, kind from journal_entry where "
                + database.dialect().isOneOf("entry_key");
    }

    /** Commits the writes. Never throws. */
    void write(List<Write> batch) {
        List<Write.Entry> shared = new ArrayList<>(batch.size());
        for (Write write : batch) {
            if (write instanceof Write.Entry entry && !entry.caller().isAbandoned()) {
                shared.add(entry);
            }
        }
        if (!shared.isEmpty() && !commit(shared)) {
            shared.forEach(write -> commit(List.of(write)));
        }
        for (Write write : batch) {
            if (write instanceof Write.Backlog<?> backlog && !backlog.caller().isAbandoned()) {
                commit(backlog);
            }
        }
    }

    /** @return false if nothing was done because one write may have failed the others; each should be tried alone */
    private boolean commit(List<Write.Entry> writes) {
        activity.writeStarted();
        Committed committed;
        try {
            committed = change(transaction -> writeAdmitted(transaction, writes), Committed::added);
        } catch (SQLException | RuntimeException e) {
            activity.writeFailed();
            if (writes.size() > 1 && e instanceof SQLException sql && mayConcernOneWrite(sql)) {
                return false;
            }
            fail(writes, e);
            return true;
        }
        activity.writeSucceeded();
        acknowledge(committed);
        return true;
    }

    /** Runs a transaction. A concurrent count is notified, because it may or may not see the change. */
    private <T> T change(Database.Work<T> work, ToIntFunction<T> added) throws SQLException {
        int by = 0;
        count.changeStarted();
        try {
            T result = database.write(work);
            by = added.applyAsInt(result);
            return result;
        } finally {
            count.changeEnded(by);
        }
    }

    /** The result of a transaction: how long the acknowledgements must wait, and the writes that did not fit. */
    private record Committed(EntryWrites.Outcome outcome, Duration delay, List<Write.Entry> rejected) {
        int added() {
            return outcome.added();
        }
    }

    private Committed writeAdmitted(Connection transaction, List<Write.Entry> writes) throws SQLException {
        List<Write.Entry> rejected = new ArrayList<>();
        List<Write.Entry> admitted = admit(transaction, writes, rejected);
        if (admitted.isEmpty()) {
            return new Committed(EntryWrites.Outcome.NOTHING, Duration.ZERO, rejected);
        }
        Duration delay = database.marker().set(transaction);
        return new Committed(entries.write(transaction, admitted), delay, rejected);
    }

    /** Admits all writes. Near the limit: writes that change a present row, and as many new rows as fit. */
    private List<Write.Entry> admit(Connection transaction, List<Write.Entry> writes, List<Write.Entry> rejected)
            throws SQLException {
        if (count.entries() + writes.size() <= maxEntries) {
            return writes;
        }
        count.refreshIfCheap(transaction);
        Set<EntryKey> present = findPresent(transaction, writes);
        long room = maxEntries - count.entries();
        List<Write.Entry> admitted = new ArrayList<>();
        for (Write.Entry write : writes) {
            if (present.contains(write.key())) {
                admitted.add(write);
            } else if (room > 0) {
                room--;
                present.add(write.key());
                admitted.add(write);
            } else {
                rejected.add(write);
            }
        }
        return admitted;
    }

    private Set<EntryKey> findPresent(Connection transaction, List<Write.Entry> writes) throws SQLException {
        List<String> texts = writes.stream().map(write -> write.key().text()).toList();
        return new HashSet<>(Sql.query(
                transaction,
                findPresent,
                statement -> database.dialect().bind(transaction, statement, 1, texts),
                row -> new EntryKey(EntryKey.Kind.of(row.getString(2)), row.getString(1))));
    }

    private void acknowledge(Committed committed) {
        state.writeSucceeded();
        events.written(committed.outcome().written());
        acknowledgement.accept(committed.delay(), committed.outcome().completions());
        committed.rejected().forEach(this::reject);
    }

    private void reject(Write.Entry write) {
        state.writeRejected();
        events.failed(Failure.FULL);
        write.caller().fail(FULL);
    }

    private <T> void commit(Write.Backlog<T> backlog) {
        try {
            T result = change(backlog.work(), backlog.added());
            state.writeSucceeded();
            backlog.caller().complete(result);
        } catch (SQLException | RuntimeException e) {
            state.writeFailed(database.explain(e));
            events.failed(Failure.BACKLOG);
            backlog.caller().fail(new StoreUnavailableException("the journal could not be changed"));
        }
    }

    private void fail(List<Write.Entry> writes, Exception cause) {
        state.writeFailed(database.explain(cause));
        StoreUnavailableException failure = new StoreUnavailableException("the journal could not be written");
        for (Write.Entry write : writes) {
            events.failed(Failure.WRITE);
            write.caller().fail(failure);
        }
    }

    /** Whether one write may have failed it: rejected data (SQLSTATE classes 22 and 23), or a conflict (40). */
    private static boolean mayConcernOneWrite(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("40"));
    }
}
