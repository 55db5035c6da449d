package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.subscription.Cancellable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BatchWriterTest {

    private static final int MAX_ENTRIES = 4;

    private final VirtualTime time = new VirtualTime();
    private final InMemoryDatabase database = new InMemoryDatabase();
    private final JournalActivity activity = new JournalActivity(time, false);
    private final EntryCount count = new EntryCount(time);
    private final JournalState state = new JournalState(Kind.LOCAL, MAX_ENTRIES);
    private final JournalMetrics events = new JournalMetrics();
    private final BatchWriter writer = new BatchWriter(
            database,
            new EntryWrites(database.dialect(), time.clock(), Duration.ofDays(30), time.random()::nextLong, Seal.off()),
            activity,
            count,
            state,
            events,
            (delay, completions) -> time.schedule(delay, () -> completions.forEach(Runnable::run)),
            MAX_ENTRIES);

    private final List<Write> batch = new ArrayList<>();

    BatchWriterTest() {
        state.reached();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void shouldCommitPendingWritesInOneTransaction() {
        List<CompletableFuture<Void>> calls = expireTokens(3);

        write();

        assertThat(database.transactions).isEqualTo(1);
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(count.entries()).isEqualTo(3);
        assertThat(activity.isEmpty()).isFalse();
    }

    @Test
    void shouldAcknowledgeOnlyAfterEveryProcessCanSeeTheMarker() {
        database.marker.delay = Duration.ofMillis(300);
        CompletableFuture<Void> call = expire(newToken());

        writer.write(batch);

        time.advance(Duration.ofMillis(299));
        assertThat(call).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(call).isCompleted();
    }

    @Test
    void shouldRejectNewEntriesBeyondTheLimitAndStillChangePresentOnes() throws SQLException {
        TokenLocator present = newToken();
        expire(present);
        write();
        List<CompletableFuture<Void>> calls = expireTokens(MAX_ENTRIES);
        CompletableFuture<Void> change = expire(present);

        write();

        assertThat(calls.subList(0, MAX_ENTRIES - 1))
                .allSatisfy(call -> assertThat(call).isCompleted());
        assertFailed(calls.get(MAX_ENTRIES - 1), "the journal is full");
        assertThat(change).isCompleted();
        assertThat(Sql.query(
                        database.connection,
                        "select count(*) from journal_entry",
                        Sql.Parameters.NONE,
                        row -> row.getInt(1)))
                .containsExactly(MAX_ENTRIES);
        assertThat(state.isFull()).isTrue();
    }

    @Test
    void shouldFailEveryWriteOfATransactionWhoseOutcomeIsUnknown() {
        // Connection lost: the transaction may have been committed or not.
        database.writeFailures.add(new SQLException("lost", "08006"));
        List<CompletableFuture<Void>> calls = expireTokens(3);

        write();

        assertThat(database.transactions).isEqualTo(1);
        assertThat(calls).allSatisfy(call -> assertFailed(call, "the journal could not be written"));
        assertThat(activity.isEmpty()).isTrue();
        assertThat(count.entries()).isZero();
        assertThat(state.isBroken()).isTrue();
        assertThat(events.totals().failed()).isEqualTo(3);
    }

    @Test
    void shouldTryEachWriteAloneAfterAFailureThatMayConcernOnlyOne() {
        database.writeFailures.add(new SQLException("rejected", "22001"));
        database.writeFailures.add(new SQLException("rejected", "22001"));
        List<CompletableFuture<Void>> calls = expireTokens(3);

        write();

        assertThat(database.transactions).isEqualTo(4);
        assertFailed(calls.get(0), "the journal could not be written");
        assertThat(calls.subList(1, 3)).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(state.isBroken()).isFalse();
    }

    @Test
    void shouldSkipCancelledCalls() {
        TokenLocator token = newToken();
        Cancellable call = PendingCall.<Void>call(caller -> batch.add(new Write.Expire(
                        EntryKey.ofExpiry(token), token, time.clock().millis(), caller)))
                .subscribe()
                .with(done -> {});
        call.cancel();

        write();

        assertThat(database.transactions).isZero();
    }

    @Test
    void shouldFailOnlyTheChangeOfTheBacklogThatFailed() {
        CompletableFuture<Integer> failed = change(transaction -> {
            throw new SQLException("failed");
        });
        CompletableFuture<Integer> done = change(transaction -> 7);

        write();

        assertFailed(failed, "the journal could not be changed");
        assertThat(done).isCompletedWithValue(7);
    }

    private List<CompletableFuture<Void>> expireTokens(int number) {
        return IntStream.range(0, number).mapToObj(i -> expire(newToken())).toList();
    }

    private static TokenLocator newToken() {
        return new TokenLocator.Foreign(TokenDraft.randomHash());
    }

    private CompletableFuture<Void> expire(TokenLocator token) {
        return PendingCall.<Void>call(caller -> batch.add(new Write.Expire(
                        EntryKey.ofExpiry(token), token, time.clock().millis(), caller)))
                .subscribeAsCompletionStage();
    }

    private CompletableFuture<Integer> change(Database.Work<Integer> work) {
        return PendingCall.<Integer>call(caller -> batch.add(new Write.Backlog<>(work, added -> 0, caller)))
                .subscribeAsCompletionStage();
    }

    private void write() {
        writer.write(batch);
        batch.clear();
        time.advance(Duration.ofMillis(1));
    }

    private static void assertFailed(CompletableFuture<?> call, String message) {
        assertThatThrownBy(call::join)
                .hasCauseInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(message);
    }
}
