package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalEntry;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.Heartbeat;
import dev.tokencache.testing.PostgresServer;
import dev.tokencache.token.StoreUnavailableException;
import io.agroal.api.AgroalDataSource;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

/** The journal in PostgreSQL, also with several processes on one database. */
class SharedJournalIT extends JournalContract {

    private static final Duration PERIOD = JournalLifecycle.CHECK_PERIOD;

    /** Far longer than the timeouts of the service, and far shorter than {@link PostgresPools#PATIENCE}. */
    private static final Duration SOON = Duration.ofSeconds(10);

    /** The server copies and deletes megabytes for each database, so all tests share one, and empty it. */
    private static final String CLEAR = """
            do $$ begin
              if to_regclass('journal_entry') is not null then truncate journal_entry, journal_gate; end if;
            end $$""";

    private static PostgresServer server;
    private static String database;

    private final Heartbeat heartbeat = Heartbeat.start();
    private final List<AgroalDataSource> pools = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        PostgresServer.require();
        server = PostgresServer.start();
        database = server.newDatabase();
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
        execute(CLEAR);
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

    /** With the timeouts of the service. */
    private SqlJournal newStrictJournal() {
        return newJournal(PostgresPools.strict(server, database), PostgresDatabase.REPLY_TIMEOUT, PLENTY);
    }

    private SqlJournal newJournal(AgroalDataSource pool, Duration replyTimeout, int maxEntries) {
        pools.add(pool);
        Database postgres = new PostgresDatabase(pool, PostgresPools.migration(pool), PERIOD, replyTimeout);
        return new SqlJournal(
                Kind.SHARED, postgres, maxEntries, MAX_TTL, PERIOD, time, events, new DaemonThreads(), Seal.off());
    }

    @Override
    void execute(String sql) {
        server.execute(database, sql);
    }

    // --- several processes

    @Test
    void shouldBeSeenByEveryProcessWhenAWriteIsAcknowledged() {
        SqlJournal other = open(PLENTY);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            JournaledRecord kept = save(ours("user"));
            assertNotEmpty(other, start);
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

    /** The other process has three periods of real time to see the marker. Not asserted if the machine stalled. */
    private void assertNotEmpty(SqlJournal other, long startNanos) {
        boolean isEmpty = other.isEmpty();
        if (heartbeat.wasSteadySince(startNanos)) {
            assertThat(isEmpty).isFalse();
        }
    }

    /** Repeatedly writes about when the other process clears the marker. */
    @Test
    void shouldNeverClearTheMarkerWhileThereIsAnEntry() {
        SqlJournal other = open(PLENTY);
        Random random = new Random(42);
        for (int i = 0; i < 12; i++) {
            // The marker is cleared about a second after the last entry.
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(900, 1300)).toNanos());
            long start = System.nanoTime();
            save(ours("user"));
            // The entry is not replayed yet. A process that considers the journal empty would not see it.
            assertNotEmpty(other, start);
            assertThat(journal.isEmpty()).isFalse();
            assertThat(server.count(
                            database,
                            "select count(*) from journal_entry where not exists (select 1 from journal_gate)"))
                    .isZero();
            await(other.acknowledge(await(other.claim(10))));
        }
    }

    @Test
    void shouldLeaseEachEntryToOneProcess() {
        List<SqlJournal> processes = List.of(journal, open(PLENTY), open(PLENTY));
        all(IntStream.range(0, 600)
                .mapToObj(i -> journal.save(ours("user-" + i), null))
                .toList());
        List<Uni<List<JournalEntry>>> claims = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            claims.add(processes.get(i % 3).claim(7));
        }
        List<JournalEntry> claimed = all(claims).stream().flatMap(List::stream).toList();
        Set<Long> versions = new HashSet<>();
        claimed.forEach(entry -> versions.add(entry.version()));
        assertThat(versions).hasSameSizeAs(claimed).hasSize(60 * 7);
    }

    @Test
    void shouldLetOneOfSeveralProcessesReplace() {
        SqlJournal other = open(PLENTY);
        JournaledRecord first = save(ours("user"));
        List<Uni<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(journal.save(record(first.token(), null), first));
            calls.add(other.save(record(first.token(), null), first));
        }
        assertThat(all(calls)).containsOnlyOnce(true);
    }

    @Test
    void shouldNotDeadlock() {
        SqlJournal other = open(PLENTY);
        List<JournaledRecord> records =
                IntStream.range(0, 50).mapToObj(i -> save(ours("user-" + i))).toList();
        List<Uni<Void>> calls = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            int at = round;
            records.forEach(record -> calls.add(journal.expire(byId(record), at)));
            List<JournaledRecord> reversed = new ArrayList<>(records);
            Collections.reverse(reversed);
            reversed.forEach(record -> calls.add(other.expire(byId(record), at)));
        }
        all(calls);
        assertThat(events.totals().failed()).isZero();
    }

    @Test
    void shouldBehaveLikeTheModel() {
        JournalTwins.Action[] actions = JournalTwins.Action.values();
        List<JournalTwins.Step> history = new Random(7)
                .ints(300, 0, Integer.MAX_VALUE)
                .mapToObj(i -> new JournalTwins.Step(actions[i % actions.length], i % 11, i % 1000))
                .toList();
        new JournalTwins(journal, clock).apply(history);
    }

    // --- server failures

    private void reopenStrict() {
        journal.close();
        journal = started(newStrictJournal());
        awaitOpen(journal);
    }

    @Test
    void shouldRecoverAfterARestartOfTheServer() {
        JournaledRecord kept = save(ours("user"));
        reopenStrict();
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
    void shouldStartWithoutTheServerAndConnectLater() {
        save(ours("user"));
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
    void shouldFailCallsWhileTheServerHangs() {
        JournaledRecord kept = save(ours("user"));
        reopenStrict();
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
    void shouldRecoverWhenWritesSucceedAgain() {
        JournaledRecord kept = save(ours("user"));
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

    /** Replaces connections in use when they are returned, because closing them would cause a failure. */
    private void replaceConnections() {
        pools.forEach(pool -> pool.flush(AgroalDataSource.FlushMode.GRACEFUL));
    }

    /** With the timeouts of the service, a call may fail whenever the machine stalls. */
    private void awaitFound(JournaledRecord kept) {
        Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> kept.equals(find(kept).saved()));
    }

    private void awaitWrite() {
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> await(journal.save(ours("user"), null)));
    }

    /** The timeouts of the service add up to about a second. */
    private static void assertFailsSoon(Uni<?> call) {
        assertThat(call.onItem()
                        .transform(answer -> false)
                        .onFailure(StoreUnavailableException.class)
                        .recoverWithItem(true)
                        .await()
                        .atMost(SOON))
                .isTrue();
    }
}
