package dev.tokencache.journal.sql;

import dev.tokencache.journal.Journal;
import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalMetrics.Failure;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.redis.Time;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A journal in a database. One thread writes, one reads and one monitors. Calls are queued for them, up to a limit. */
public final class SqlJournal implements Journal, Journal.Backlog, JournalStorage, AutoCloseable {

    /** The maximum number of calls that share a transaction or a query. */
    private static final int BATCH = 256;

    private static final int MAX_PENDING_WRITES = 10_000;
    private static final int MAX_PENDING_READS = 20_000;

    /** How long the start waits for the database. A server may be slow at first. */
    private static final Duration FILE_START = Duration.ofSeconds(2);

    private static final Duration SERVER_START = Duration.ofSeconds(5);

    private static final String ADD_PROBE = """
        insert into journal_entry (entry_key, kind, at_millis, ends_at, version, written_at, taken_until)
        values ('probe', 'P', 0, 0, 0, 0, 0)\
        """;

    private static final String REMOVE_PROBE = "delete from journal_entry where entry_key = 'probe' and kind = 'P'";

    private final Kind kind;
    private final int maxEntries;
    private final Database database;
    private final JournalMetrics events;
    private final JournalActivity activity;
    private final EntryCount count;
    private final JournalState state;
    private final EntryQueue queue;
    private final JournalThreads threads;
    private final JournalMonitor monitor;
    private final JournalThreads.Batches<Write> writer;
    private final JournalThreads.Batches<BatchReader.Read> reader;
    private Time.Timer standstills = () -> {};

    SqlJournal(
            Kind kind,
            Database database,
            int maxEntries,
            Duration maxTtl,
            Duration period,
            Time time,
            JournalMetrics events,
            JournalThreads threads,
            Seal seal) {
        this.kind = kind;
        this.maxEntries = maxEntries;
        this.database = database;
        this.events = events;
        this.threads = threads;
        this.activity = new JournalActivity(time, kind == Kind.SHARED);
        this.count = new EntryCount(time);
        this.state = new JournalState(kind, maxEntries);
        this.queue = new EntryQueue(database.dialect(), time.clock(), seal);
        this.monitor = new JournalMonitor(database, activity, count, state, period, threads::schedule, this::probe);
        EntryWrites entries = new EntryWrites(database.dialect(), time.clock(), maxTtl, time.random()::nextLong, seal);
        BatchWriter writes =
                new BatchWriter(database, entries, activity, count, state, events, monitor::completeAfter, maxEntries);
        BatchReader reads = new BatchReader(database, new EntryReads(database.dialect(), seal), events);
        this.writer = threads.batches(
                "journal-writer", MAX_PENDING_WRITES, BATCH, writes::write, write -> failClosed(write.caller()));
        this.reader = threads.batches(
                "journal-reader", MAX_PENDING_READS, BATCH, reads::read, read -> failClosed(read.caller()));
    }

    private static void failClosed(PendingCall<?> caller) {
        caller.fail(new StoreUnavailableException("the journal is closed"));
    }

    /** Opens the database and waits for it, up to a limit. If it is not reached, the journal is broken and keeps trying. */
    void start() {
        start(kind == Kind.LOCAL ? FILE_START : SERVER_START);
    }

    void start(Duration limit) {
        writer.start();
        reader.start();
        standstills = activity.start();
        monitor.start(limit);
    }

    /** Completes the current batches, and fails queued calls. */
    @Override
    public void close() {
        standstills.cancel();
        writer.close();
        reader.close();
        threads.close();
        database.close();
    }

    @Override
    public boolean isEmpty() {
        return activity.isEmpty();
    }

    @Override
    public Uni<JournaledState> find(TokenHash token, @Nullable RoutingTag subject) {
        return PendingCall.call(
                caller -> read(new BatchReader.Read.OfToken(new EntryReads.Lookup(token, subject), caller)));
    }

    @Override
    public Uni<JournaledSubject> findSubject(RoutingTag subject) {
        return PendingCall.call(caller -> read(new BatchReader.Read.OfSubject(subject, caller)));
    }

    @Override
    public Uni<Boolean> save(JournaledRecord record, @Nullable JournaledRecord replaced) {
        OptionalLong version = replaced == null ? OptionalLong.empty() : OptionalLong.of(replaced.version());
        boolean isValidation = replaced != null && record.isValidationOf(replaced);
        EntryKey key = EntryKey.ofRecord(record.token().id().hash());
        return PendingCall.call(caller -> write(new Write.SaveRecord(key, record, version, isValidation, caller)));
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return PendingCall.call(caller -> write(new Write.Expire(EntryKey.ofExpiry(token), token, atMillis, caller)));
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, OptionalLong before) {
        return PendingCall.call(
                caller -> write(new Write.ExpireSubject(EntryKey.ofNotBefore(subject), subject, before, caller)));
    }

    @Override
    public Uni<Void> touch(Token token) {
        EntryKey key = EntryKey.ofValidation(token.id().hash());
        return PendingCall.call(caller -> write(new Write.Touch(key, token, caller)));
    }

    @Override
    public boolean hasRoom() {
        return count.entries() < maxEntries / 2;
    }

    @Override
    public Uni<List<JournalEntry>> claim(int limit) {
        return change(transaction -> queue.claim(transaction, limit), claimed -> -claimed.dropped())
                .invoke(this::report)
                .map(EntryQueue.Claimed::entries);
    }

    private void report(EntryQueue.Claimed claimed) {
        events.outlived(claimed.dropped());
        for (int i = 0; i < claimed.unreadable(); i++) {
            events.failed(Failure.DECODE);
            state.foundUnreadable();
        }
    }

    @Override
    public Uni<Void> keep(List<JournalEntry> accepted, Duration pause) {
        return unlessEmpty(accepted, transaction -> queue.keep(transaction, accepted, pause), kept -> 0);
    }

    @Override
    public Uni<Void> acknowledge(List<JournalEntry> confirmed) {
        return unlessEmpty(confirmed, transaction -> queue.acknowledge(transaction, confirmed), removed -> -removed);
    }

    @Override
    public Uni<Void> release(List<JournalEntry> entries) {
        return unlessEmpty(entries, transaction -> queue.release(transaction, entries), released -> 0);
    }

    private Uni<Void> unlessEmpty(
            List<JournalEntry> entries, Database.Work<Integer> work, ToIntFunction<Integer> added) {
        return entries.isEmpty()
                ? Uni.createFrom().voidItem()
                : change(work, added).replaceWithVoid();
    }

    private <T> Uni<T> change(Database.Work<T> work, ToIntFunction<T> added) {
        return PendingCall.call(caller -> write(new Write.Backlog<>(work, added, caller)));
    }

    private void read(BatchReader.Read read) {
        if (!state.isReachable()) {
            refuse(read.caller(), Failure.READ, "the journal is unreachable");
        } else if (!reader.offer(read)) {
            refuse(read.caller(), Failure.READ, "too many reads of the journal are pending");
        }
    }

    private void write(Write write) {
        Failure operation = write instanceof Write.Entry ? Failure.WRITE : Failure.BACKLOG;
        if (!state.isReachable()) {
            refuse(write.caller(), operation, "the journal is unreachable");
        } else if (!writer.offer(write)) {
            refuse(write.caller(), operation, "too many writes to the journal are pending");
        }
    }

    private void refuse(PendingCall<?> caller, Failure operation, String cause) {
        events.failed(operation);
        caller.fail(new StoreUnavailableException(cause));
    }

    /** Adds and removes a row in one transaction, and ignores the result: the writer updates the state. */
    private void probe() {
        change(
                        transaction -> {
                            Sql.update(transaction, ADD_PROBE, Sql.Parameters.NONE);
                            return Sql.update(transaction, REMOVE_PROBE, Sql.Parameters.NONE);
                        },
                        removed -> 0)
                .subscribe()
                .with(done -> {}, failure -> {});
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.of(this);
    }

    @Override
    public Optional<Journal.Backlog> backlog() {
        return Optional.of(this);
    }

    @Override
    public JournalStatus status() {
        return new JournalStatus(kind, currentState(), count.entries(), Duration.ofMillis(count.oldestAgeMillis()));
    }

    private State currentState() {
        if (state.isBroken()) {
            return State.BROKEN;
        }
        if (state.isFull()) {
            return State.FULL;
        }
        return count.entries() == 0 ? State.EMPTY : State.PENDING;
    }
}
