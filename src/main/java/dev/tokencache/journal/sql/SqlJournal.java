package dev.tokencache.journal.sql;

import dev.tokencache.journal.Journal;
import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalEvents;
import dev.tokencache.journal.JournalEvents.Failure;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.journal.JournaledState;
import dev.tokencache.journal.JournaledSubject;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A journal in a database. One thread writes, one reads, and one watches; what comes in meanwhile waits for them, up to a
 * limit.
 */
public final class SqlJournal implements Journal, Journal.Backlog, JournalStorage, AutoCloseable {

    /** How many calls share a transaction or a query. */
    private static final int BATCH = 256;

    private static final int MAX_WRITES_WAITING = 10_000;
    private static final int MAX_QUESTIONS_WAITING = 20_000;

    /** How long the start waits for the database: a file is there or not, a server may be slow at first. */
    private static final Duration FILE_START = Duration.ofSeconds(2);

    private static final Duration SERVER_START = Duration.ofSeconds(5);

    private final Kind kind;
    private final Database database;
    private final JournalEvents events;
    private final JournalActivity presence = new JournalActivity();
    private final EntryCount count;
    private final JournalState condition;
    private final BacklogClaim take;
    private final BacklogAck settlement;
    private final JournalMonitor watch;
    private final BatchThread<Write> writer;
    private final BatchThread<BatchReader.Waiting> reader;

    /**
     * @param maxEntries the most entries that there may be
     * @param maxTtl the longest that a token can live
     * @param poll how often to look what others did
     */
    SqlJournal(
            Kind kind,
            Database database,
            int maxEntries,
            Duration maxTtl,
            Duration poll,
            Clock clock,
            JournalEvents events) {
        this.kind = kind;
        this.database = database;
        this.events = events;
        this.count = new EntryCount(clock);
        this.condition = new JournalState(kind, maxEntries);
        this.take = new BacklogClaim(database.dialect(), clock);
        this.settlement = new BacklogAck(clock);
        this.watch = new JournalMonitor(database, presence, count, condition, poll, this::probe);
        BatchWriter writes = new BatchWriter(
                database,
                new EntryWrites(database.dialect(), clock, maxTtl, () -> ThreadLocalRandom.current()
                        .nextLong()),
                presence,
                count,
                condition,
                events,
                watch::after,
                maxEntries);
        this.writer = new BatchThread<>(
                "journal-writer", MAX_WRITES_WAITING, BATCH, writes::write, write -> refuse(write.caller()));
        this.reader = new BatchThread<>(
                "journal-reader",
                MAX_QUESTIONS_WAITING,
                BATCH,
                new BatchReader(database, events)::answer,
                question -> refuse(question.caller()));
    }

    private static void refuse(PendingCall<?> caller) {
        caller.fail(new StoreUnavailableException("the journal is closed"));
    }

    /** Opens the database, and waits a little for it: without it the journal is broken, and goes on trying. */
    void start() {
        writer.start();
        reader.start();
        watch.start(kind == Kind.LOCAL ? FILE_START : SERVER_START);
    }

    /** Finishes what is being written, and fails what waits. */
    @Override
    public void close() {
        writer.close();
        reader.close();
        watch.close();
        database.close();
    }

    @Override
    public boolean isEmpty() {
        return presence.isEmpty();
    }

    @Override
    public Uni<JournaledState> find(TokenHash token, @Nullable RoutingTag subject) {
        return PendingCall.call(
                caller -> ask(new BatchReader.Waiting.OnToken(new EntryReads.Question(token, subject), caller)));
    }

    @Override
    public Uni<JournaledSubject> ofSubject(RoutingTag subject) {
        return PendingCall.call(caller -> ask(new BatchReader.Waiting.OnSubject(subject, caller)));
    }

    @Override
    public Uni<Boolean> keep(JournaledRecord record, @Nullable JournaledRecord replaced) {
        OptionalLong version = replaced == null ? OptionalLong.empty() : OptionalLong.of(replaced.version());
        return PendingCall.call(caller -> write(new Write.Keep(record, version, caller)));
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return PendingCall.call(caller -> write(new Write.Expire(token, atMillis, caller)));
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, OptionalLong before) {
        return PendingCall.call(caller -> write(new Write.ExpireSubject(subject, before, caller)));
    }

    @Override
    public Uni<List<JournalEntry>> take(int atMost) {
        return change(transaction -> take.take(transaction, atMost), taken -> -taken.dropped())
                .invoke(this::tell)
                .map(BacklogClaim.Taken::entries);
    }

    private void tell(BacklogClaim.Taken taken) {
        events.outlived(taken.dropped());
        for (int i = 0; i < taken.unreadable(); i++) {
            events.failed(Failure.DECODE);
            condition.holdsUnreadable();
        }
    }

    @Override
    public Uni<Void> settle(List<JournalEntry> replayed) {
        return replayed.isEmpty()
                ? Uni.createFrom().voidItem()
                : change(transaction -> settlement.settle(transaction, replayed), removed -> -removed)
                        .replaceWithVoid();
    }

    @Override
    public Uni<Void> giveBack(List<JournalEntry> entries) {
        return entries.isEmpty()
                ? Uni.createFrom().voidItem()
                : change(transaction -> settlement.giveBack(transaction, entries), given -> 0)
                        .replaceWithVoid();
    }

    private <T> Uni<T> change(Database.Work<T> work, ToIntFunction<T> added) {
        return PendingCall.call(caller -> write(new Write.Backlog<>(work, added, caller)));
    }

    private void ask(BatchReader.Waiting question) {
        if (!condition.isReachable()) {
            refuse(question.caller(), Failure.READ, "the journal can not be reached");
        } else if (!reader.offer(question)) {
            refuse(question.caller(), Failure.READ, "too many questions wait for the journal");
        }
    }

    private void write(Write write) {
        Failure failure = write instanceof Write.Entry ? Failure.WRITE : Failure.BACKLOG;
        if (!condition.isReachable()) {
            refuse(write.caller(), failure, "the journal can not be reached");
        } else if (!writer.offer(write)) {
            refuse(write.caller(), failure, "too many writes wait for the journal");
        }
    }

    private void refuse(PendingCall<?> caller, Failure failure, String why) {
        events.failed(failure);
        caller.fail(new StoreUnavailableException(why));
    }

    /** Writes something and takes it back, so that a journal that nobody writes to is known to work again. */
    private void probe() {
        change(Probe::write, removed -> 0).subscribe().with(worked -> {}, failure -> {});
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
        return new JournalStatus(kind, state(), count.entries(), Duration.ofMillis(count.oldestAgeMillis()));
    }

    private State state() {
        if (condition.isBroken()) {
            return State.BROKEN;
        }
        if (condition.isFull()) {
            return State.FULL;
        }
        return count.entries() == 0 ? State.EMPTY : State.PENDING;
    }
}
