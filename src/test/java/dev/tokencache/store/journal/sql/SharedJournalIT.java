package dev.tokencache.store.journal.sql;

import dev.tokencache.store.journal.JournalConfig.Kind;
import dev.tokencache.store.journal.JournalEntry;
import dev.tokencache.store.journal.JournalStatus.State;
import dev.tokencache.store.journal.JournaledRecord;
import dev.tokencache.testing.PostgresServer;
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
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The journal in PostgreSQL, and several of them on one database. */
class SharedJournalIT extends JournalContract {

    /** As by default: three of them must be enough for every process to notice, on a busy machine too. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static PostgresServer server;

    private final List<AgroalDataSource> pools = new ArrayList<>();
    private String database;

    @BeforeAll
    static void startServer() {
        assumeTrue(PostgresServer.isInstalled(), "there is no PostgreSQL on this system");
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
    }

    @Override
    SqlJournal newJournal(int maxEntries) {
        AgroalDataSource pool = PostgresPools.to(server, database);
        pools.add(pool);
        return new SqlJournal(
                Kind.SHARED,
                new PostgresDatabase(pool, PostgresPools.migration(pool), POLL),
                maxEntries,
                MAX_TTL,
                POLL,
                clock,
                events);
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
            JournaledRecord kept = keep(ours("user"));
            assertThat(other.isEmpty()).isFalse();
            assertThat(await(other.find(
                                    kept.token().id().hash(), kept.token().id().tag()))
                            .kept())
                    .isEqualTo(kept);
            assertThat(await(other.expireSubject(ALICE, OptionalLong.of(i)))).isEqualTo(i);
            assertThat(journal.isEmpty()).isFalse();
            await(other.settle(await(other.take(10))));
            await(other.settle(await(other.take(10))));
            if (i % 2 == 0) {
                Awaitility.await().atMost(PATIENCE).until(() -> journal.isEmpty() && other.isEmpty());
            }
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
            keep(ours("user"));
            // Nobody has replayed it yet: a process that takes the journal for empty would not see the entry.
            assertThat(other.isEmpty()).isFalse();
            assertThat(journal.isEmpty()).isFalse();
            assertThat(server.count(
                            database,
                            "select count(*) from journal_entry where not exists (select 1 from journal_gate)"))
                    .isZero();
            await(other.settle(await(other.take(10))));
        }
    }

    @Test
    void shouldGiveEachEntryToOneProcess() {
        List<SqlJournal> processes = List.of(journal, open(PLENTY), open(PLENTY));
        all(IntStream.range(0, 600)
                .mapToObj(i -> journal.keep(ours("user-" + i), null))
                .toList());
        List<Uni<List<JournalEntry>>> takes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            takes.add(processes.get(i % 3).take(7));
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
            calls.add(journal.keep(record(first.token(), null), first));
            calls.add(other.keep(record(first.token(), null), first));
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
        new JournalTwins(journal, clock).take(history);
    }

    // --- the server in trouble

    @Test
    void shouldWorkAgainAfterServerWasRestarted() {
        JournaledRecord kept = keep(ours("user"));
        server.stop();
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.BROKEN);
        assertThat(journal.isEmpty()).isFalse();
        assertFailsSoon(journal.keep(ours("user"), null));
        assertFailsSoon(journal.find(kept.token().id().hash(), null));
        server.startAgain();
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
        assertThat(find(kept).kept()).isEqualTo(kept);
        keep(ours("user"));
    }

    @Test
    void shouldStartWithoutServerAndFindIt() {
        keep(ours("user"));
        server.kill9();
        SqlJournal late = open(PLENTY);
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
        server.suspend();
        try {
            assertFailsSoon(journal.keep(ours("user"), null));
            assertFailsSoon(journal.find(kept.token().id().hash(), null));
            Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.BROKEN);
            assertFailsSoon(journal.keep(ours("user"), null));
        } finally {
            server.resume();
        }
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
        keep(ours("user"));
    }

    @Test
    void shouldFindOutThatWritesWorkAgain() {
        JournaledRecord kept = keep(ours("user"));
        server.execute("postgres", "alter database " + database + " set default_transaction_read_only = on");
        pools.forEach(pool -> pool.flush(AgroalDataSource.FlushMode.ALL));
        Awaitility.await().atMost(PATIENCE).until(() -> {
            journal.keep(ours("user"), null).subscribe().with(done -> {}, failure -> {});
            return journal.status().state() == State.BROKEN;
        });
        assertThat(find(kept).kept()).isEqualTo(kept);
        server.execute("postgres", "alter database " + database + " reset default_transaction_read_only");
        pools.forEach(pool -> pool.flush(AgroalDataSource.FlushMode.ALL));
        Awaitility.await().atMost(PATIENCE).until(() -> journal.status().state() == State.PENDING);
    }

    private static void assertFailsSoon(Uni<?> call) {
        long start = System.nanoTime();
        assertThat(call.onItem()
                        .transform(answer -> false)
                        .onFailure(dev.tokencache.token.StoreUnavailableException.class)
                        .recoverWithItem(true)
                        .await()
                        .atMost(PATIENCE))
                .isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
    }
}
