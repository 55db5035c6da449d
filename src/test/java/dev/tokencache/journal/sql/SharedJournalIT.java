package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.testing.Heartbeat;
import dev.tokencache.testing.PostgresServer;
import dev.tokencache.testing.SystemPackage;
import io.agroal.api.AgroalDataSource;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The journal in PostgreSQL, and several of them on one database. */
class SharedJournalIT extends JournalContract {

    /** As by default: three of them must be enough for every process to notice, on a busy machine too. */
    private static final Duration POLL = Duration.ofMillis(100);

    /** Far more than the deadlines of the service, and far less than {@link PostgresPools#PATIENCE}. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static PostgresServer server;

    private final Heartbeat heartbeat = Heartbeat.start();
    private final List<AgroalDataSource> pools = new ArrayList<>();
    private String database;

    @BeforeAll
    static void startServer() {
        SystemPackage.require("postgresql", "/usr/lib/postgresql");
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    @Override
    void openJournal() {
        database = server.newDatabase();
        super.openJournal();
    }

    @AfterEach
    void closePools() {
        closeJournals();
        pools.forEach(AgroalDataSource::close);
        heartbeat.close();
    }

    @Override
    SqlJournal newJournal(int maxEntries) {
        return newJournal(PostgresPools.patient(server, database), PostgresPools.PATIENCE, maxEntries);
    }

    /** With the deadlines of the service. */
    private SqlJournal newStrictJournal() {
        return newJournal(PostgresPools.strict(server, database), PostgresDatabase.REPLY_TIMEOUT, PLENTY);
    }

    private SqlJournal newJournal(AgroalDataSource pool, Duration silence, int maxEntries) {
        pools.add(pool);
        Database postgres = new PostgresDatabase(pool, PostgresPools.migration(pool), POLL, silence);
        return new SqlJournal(Kind.SHARED, postgres, maxEntries, MAX_TTL, POLL, time, events);
    }

    @Override
    void execute(String sql) {
        server.execute(database, sql);
    }

    // --- several processes

    @Test
    void shouldBeSeenByOtherProcessWhenWriteIsAnswered() {
        SqlJournal other = open(PLENTY);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            JournaledRecord kept = keep(ours("user"));
            assertNoticed(other, start);
            assertThat(await(other.find(
                                    kept.token().id().hash(), kept.token().id().tag()))
                            .saved())
                    .isEqualTo(kept);
            assertThat(await(other.expireSubject(ALICE, OptionalLong.of(i)))).isEqualTo(i);
            assertThat(journal.isEmpty()).isFalse();
            await(other.acknowledge(await(other.claim(10))));
            await(other.acknowledge(await(other.claim(10))));
            if (i % 2 == 0) {
                Awaitility.await().atMost(PATIENCE).until(() -> journal.isEmpty() && other.isEmpty());
            }
        }
    }

    /** It has three polls for that, of real time: nothing can be said if the machine stood still meanwhile. */
    private void assertNoticed(SqlJournal other, long startNanos) {
        boolean isEmpty = other.isEmpty();
        if (heartbeat.wasSteadySince(startNanos)) {
            assertThat(isEmpty).isFalse();
        }
    }

    /** Writes meet a gate that is just being closed by the other process, again and again. */
    @Test
    void shouldNeverCloseTheGateOverAnEntry() {
        SqlJournal other = open(PLENTY);
        Random random = new Random(42);
        for (int i = 0; i < 12; i++) {
            // The gate is closed about a second after the journal became empty.
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(900, 1300)).toNanos());
            long start = System.nanoTime();
            keep(ours("user"));
            // Nobody has replayed it yet: a process that takes the journal for empty would not see the entry.
            assertNoticed(other, start);
            assertThat(journal.isEmpty()).isFalse();
            assertThat(server.count(
                            database,
                            "select count(*) from journal_entry where not exists (select 1 from journal_gate)"))
                    .isZero();
            await(other.acknowledge(await(other.claim(10))));
        }
    }

    @Test
    void shouldGiveEachEntryToOneProcess() {
        List<SqlJournal> processes = List.of(journal, open(PLENTY), open(PLENTY));
        all(IntStream.range(0, 600)
                .mapToObj(i -> journal.save(ours("user-" + i), null))
                .toList());
        List<Uni<List<JournalEntry>>> takes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            takes.add(processes.get(i % 3).claim(7));
        }
        List<JournalEntry> taken = all(takes).stream().flatMap(List::stream).toList();
        Set<Long> versions = new HashSet<>();
        taken.forEach(entry -> versions.add(entry.version()));
        assertThat(versions).hasSameSizeAs(taken).hasSize(60 * 7);
    }

    @Test
    void shouldLetOneOfSeveralProcessesReplace() {
        SqlJournal other = open(PLENTY);
        JournaledRecord first = keep(ours("user"));
        List<Uni<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(journal.save(record(first.token(), null), first));
            calls.add(other.save(record(first.token(), null), first));
        }
        assertThat(all(calls)).containsOnlyOnce(true);
    }

    @Test
    void shouldNotWaitForEachOtherForGood() {
        SqlJournal other = open(PLENTY);
        List<JournaledRecord> records =
                IntStream.range(0, 50).mapToObj(i -> keep(ours("user-" + i))).toList();
        List<Uni<Void>> calls = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            int at = round;
            records.forEach(record -> calls.add(journal.expire(byId(record), at)));
            List<JournaledRecord> reversed = new ArrayList<>(records);
            java.util.Collections.reverse(reversed);
            reversed.forEach(record -> calls.add(other.expire(byId(record), at)));
        }
        all(calls);
        assertThat(events.totals().failed()).isZero();
    }

    @Test
    void shouldNotBeToldFromAJournalInMemory() {
        JournalTwins.Action[] actions = JournalTwins.Action.values();
        List<JournalTwins.Step> history = new Random(7)
                .ints(300, 0, Integer.MAX_VALUE)
                .mapToObj(i -> new JournalTwins.Step(actions[i % actions.length], i % 11, i % 1000))
                .toList();
        new JournalTwins(journal, clock).apply(history);
    }

    // --- the server in trouble

    private void goOnStrictly() {
        journal.close();
        journal = started(newStrictJournal());
        awaitOpen(journal);
    }

    @Test
    void shouldWorkAgainAfterServerWasRestarted() {
        JournaledRecord kept = keep(ours("user"));
        goOnStrictly();
        server.stop();
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.BROKEN);
        assertThat(journal.isEmpty()).isFalse();
        assertFailsSoon(journal.save(ours("user"), null));
        assertFailsSoon(journal.find(kept.token().id().hash(), null));
        server.startAgain();
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
        awaitFound(kept);
        awaitWrite();
    }

    @Test
    void shouldStartWithoutServerAndFindIt() {
        keep(ours("user"));
        server.kill9();
        SqlJournal late = started(newStrictJournal());
        assertThat(late.status().state()).isEqualTo(State.BROKEN);
        assertThat(late.isEmpty()).isTrue();
        assertFailsSoon(late.expireSubject(ALICE, OptionalLong.empty()));
        server.startAgain();
        Awaitility.await().atMost(PATIENCE).until(() -> late.status().state() == State.PENDING);
        assertThat(late.isEmpty()).isFalse();
    }

    @Test
    void shouldNotHangWithTheServer() {
        JournaledRecord kept = keep(ours("user"));
        goOnStrictly();
        server.suspend();
        try {
            assertFailsSoon(journal.save(ours("user"), null));
            assertFailsSoon(journal.find(kept.token().id().hash(), null));
            Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.BROKEN);
            assertFailsSoon(journal.save(ours("user"), null));
        } finally {
            server.resume();
        }
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
        awaitWrite();
    }

    @Test
    void shouldFindOutThatWritesWorkAgain() {
        JournaledRecord kept = keep(ours("user"));
        server.execute("postgres", "alter database " + database + " set default_transaction_read_only = on");
        replaceConnections();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            journal.save(ours("user"), null).subscribe().with(done -> {}, failure -> {});
            return journal.status().state() == State.BROKEN;
        });
        awaitFound(kept);
        server.execute("postgres", "alter database " + database + " reset default_transaction_read_only");
        replaceConnections();
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
    }

    /** Those in use when they are given back: closing them would be a failure of its own. */
    private void replaceConnections() {
        pools.forEach(pool -> pool.flush(AgroalDataSource.FlushMode.GRACEFUL));
    }

    /** Under the deadlines of the service a call may fail whenever the machine stands still for a moment. */
    private void awaitFound(JournaledRecord kept) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> kept.equals(find(kept).saved()));
    }

    private void awaitWrite() {
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> await(journal.save(ours("user"), null)));
    }

    /** About a second by the deadlines of the service: that it ends is what matters. */
    private static void assertFailsSoon(Uni<?> call) {
        assertThat(call.onItem()
                        .transform(answer -> false)
                        .onFailure(dev.tokencache.token.StoreUnavailableException.class)
                        .recoverWithItem(true)
                        .await()
                        .atMost(SOON))
                .isTrue();
    }
}
