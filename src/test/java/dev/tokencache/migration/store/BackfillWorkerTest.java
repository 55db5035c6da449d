package dev.tokencache.migration.store;

import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackfillWorkerTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private final VirtualTime time = new VirtualTime(NOW, 1);
    private final Clock clock = time.clock();
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(clock);
    private final PagedLegacyStore legacy = new PagedLegacyStore();
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final Backfill backfill = new Backfill(ledger, clock);
    private final BackfillWorker worker = worker();

    private BackfillWorker worker() {
        return new BackfillWorker(
                cluster,
                expiry -> cluster.expire(expiry.token(), expiry.atMillis()).replaceWithVoid(),
                legacy,
                ledger,
                shared -> {},
                time);
    }

    private List<Token> fill(String master, int count) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Token token = TokenDraft.of("person-" + i, clock.millis() - 1000).token();
            legacy.add(master, token);
            tokens.add(token);
        }
        return tokens;
    }

    private void ask(Backfill.Action action) {
        Backfill.Outcome outcome = backfill.request(
                        new Backfill.Change(Optional.of(action), OptionalLong.empty()), "operator")
                .await()
                .indefinitely();
        assertThat(outcome).isInstanceOf(Backfill.Outcome.Accepted.class);
    }

    /** Runs a step and advances the time by its delay. */
    private Duration step(BackfillWorker of) {
        Duration rest = of.step().await().indefinitely();
        time.advance(rest);
        return rest;
    }

    private void runToTheEnd(BackfillWorker of) {
        for (int i = 0; i < 1000 && ledger.progress().status() == Status.RUNNING; i++) {
            step(of);
        }
    }

    private boolean isInCluster(Token token) {
        return cluster.read(new TokenLocator.Foreign(token.id().hash())).await().indefinitely()
                instanceof Verdict.Active;
    }

    @Test
    void shouldDoNothingWithoutARequest() {
        fill("a", 10);
        assertThat(step(worker)).isEqualTo(Duration.ofSeconds(1));
        assertThat(legacy.scans).isEmpty();
    }

    @Test
    void shouldCopyEveryMasterAndCountEachKeyOnce() {
        List<Token> tokens = fill("a", 1203);
        tokens.addAll(fill("b", 700));
        Token known = tokens.get(7);
        cluster.create(new dev.tokencache.migration.LegacyToken(known, true).copy())
                .await()
                .indefinitely();
        Token loggedOut = tokens.get(8);
        cluster.expire(new TokenLocator.Foreign(loggedOut.id().hash()), clock.millis())
                .await()
                .indefinitely();
        Token dead = tokens.get(9);
        legacy.remove(dead);

        ask(Backfill.Action.START);
        runToTheEnd(worker);

        assertThat(ledger.progress().status()).isEqualTo(Status.COMPLETE);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(1903, 1900, 1, 2, 0));
        assertThat(ledger.progress().estimatedKeys()).isEqualTo(1903);
        assertThat(ledger.progress().completedAtMillis()).hasValue(NOW.toEpochMilli());
        assertThat(isInCluster(loggedOut)).isFalse();
        assertThat(isInCluster(dead)).isFalse();
        assertThat(tokens.stream().filter(this::isInCluster)).hasSize(1901);
        assertThat(legacy.scans).doesNotHaveDuplicates();
    }

    @Test
    void shouldWaitUntilEveryReplicaMirrors() {
        ledger.phase(MigrationPhase.LEGACY);
        ledger.phase(MigrationPhase.mirror(10));
        fill("a", 10);
        ask(Backfill.Action.START);

        step(worker);
        step(worker);
        step(worker);

        assertThat(legacy.scans).isEmpty();
        runToTheEnd(worker);
        assertThat(ledger.progress().counts().copied()).isEqualTo(10);
    }

    @Test
    void shouldOpenAnEvidenceWindowBeforeTheRunIsComplete() {
        fill("a", 1);
        long window = ledger.state().window();
        ask(Backfill.Action.START);
        runToTheEnd(worker);
        assertThat(ledger.state().window()).isEqualTo(window + 1);
    }

    @Test
    void shouldDoNothingWithoutTheLease() {
        fill("a", 2000);
        ask(Backfill.Action.START);
        step(worker);
        step(worker);
        BackfillWorker second = worker();
        assertThat(step(second)).isEqualTo(Duration.ofSeconds(1));
        assertThat(ledger.progress().counts().scanned()).isEqualTo(500);
    }

    @Test
    void shouldContinueAfterTheLastSavedPageOfAFailedRunner() {
        fill("a", 2000);
        ask(Backfill.Action.START);
        step(worker);
        step(worker);
        time.advance(Duration.ofSeconds(11));
        BackfillWorker second = worker();
        runToTheEnd(second);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(2000, 2000, 0, 0, 0));
    }

    @Test
    void shouldNotSaveTheProgressOfARunnerThatLostItsLease() {
        fill("a", 2000);
        ask(Backfill.Action.START);
        step(worker);
        time.advance(Duration.ofMillis(900));
        ledger.acquire("first", Duration.ZERO).await().indefinitely();
        BackfillWorker second = worker();
        second.step().await().indefinitely();
        second.step().await().indefinitely();

        worker.step().await().indefinitely();

        assertThat(ledger.progress().counts().scanned()).isEqualTo(500);
        runToTheEnd(second);
        assertThat(ledger.progress().counts().scanned()).isEqualTo(2000);
    }

    @Test
    void shouldPauseAndResumeAtTheSavedProgress() {
        fill("a", 2000);
        ask(Backfill.Action.START);
        step(worker);
        step(worker);
        ask(Backfill.Action.PAUSE);
        step(worker);
        step(worker);
        assertThat(ledger.progress().counts().scanned()).isEqualTo(500);
        ask(Backfill.Action.RESUME);
        runToTheEnd(worker);
        // The page that was copied but not saved is already present.
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(2000, 1500, 500, 0, 0));
    }

    @Test
    void shouldStartAgainOnRequest() {
        fill("a", 600);
        ask(Backfill.Action.START);
        runToTheEnd(worker);
        ask(Backfill.Action.START);
        runToTheEnd(worker);
        assertThat(ledger.progress().run()).isEqualTo(2);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(600, 0, 600, 0, 0));
    }

    @Test
    void shouldStartAgainIfTheClusterMissedTokens() {
        List<Token> tokens = fill("a", 1200);
        ask(Backfill.Action.START);
        step(worker);
        step(worker);
        Token lost = tokens.stream().filter(this::isInCluster).findFirst().orElseThrow();
        cluster.lose(lost.id());
        time.advance(Duration.ofSeconds(1));
        ledger.compareAndSet(ledger.state().mirroringRestarted(clock.millis()))
                .await()
                .indefinitely();

        runToTheEnd(worker);

        assertThat(ledger.progress().run()).isEqualTo(2);
        assertThat(ledger.progress().startedAtMillis())
                .isGreaterThanOrEqualTo(ledger.state().mirroredSinceMillis().orElseThrow());
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(1200, 1, 1199, 0, 0));
        assertThat(isInCluster(lost)).isTrue();
    }

    @Test
    void shouldNotBeCompleteIfTheClusterMissesTokensAtTheEnd() {
        fill("a", 10);
        ask(Backfill.Action.START);
        time.advance(Duration.ofSeconds(1));
        ledger.missBeforeNextChange();

        runToTheEnd(worker);

        assertThat(ledger.progress().run()).isEqualTo(2);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(10, 0, 10, 0, 0));
    }

    @Test
    void shouldRespectTheLimit() {
        fill("a", 1000);
        backfill.request(new Backfill.Change(Optional.of(Backfill.Action.START), OptionalLong.of(100)), "operator")
                .await()
                .indefinitely();
        runToTheEnd(worker);
        assertThat(ledger.progress().counts().scanned()).isEqualTo(1000);
        assertThat(Duration.between(NOW, clock.instant())).isBetween(Duration.ofMillis(9500), Duration.ofMillis(11500));
    }

    @Test
    void shouldWaitForAnUnavailableCluster() {
        fill("a", 100);
        ask(Backfill.Action.START);
        cluster.fail(true);
        for (int i = 0; i < 10; i++) {
            step(worker);
        }
        assertThat(ledger.progress().counts().scanned()).isZero();
        cluster.fail(false);
        runToTheEnd(worker);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(100, 100, 0, 0, 0));
    }

    @Test
    void shouldCountTokensAsFailedAfterAllAttempts() {
        fill("a", 100);
        ask(Backfill.Action.START);
        cluster.fail(true);
        runToTheEnd(worker);
        assertThat(ledger.progress().status()).isEqualTo(Status.COMPLETE);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(100, 0, 0, 0, 100));
    }

    @Test
    void shouldWaitForAnUnavailableOldStoreOrLedger() {
        fill("a", 1000);
        ask(Backfill.Action.START);
        step(worker);
        legacy.isDown = true;
        assertThat(step(worker)).isEqualTo(Duration.ofSeconds(1));
        legacy.isDown = false;
        ledger.down(true);
        assertThat(step(worker)).isEqualTo(Duration.ofSeconds(1));
        ledger.down(false);
        runToTheEnd(worker);
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(1000, 1000, 0, 0, 0));
    }

    @Test
    void shouldCopyExpiriesBeforeTokens() {
        Token marked = fill("a", 2).get(0);
        Token expired = fill("a", 2).get(1);
        legacy.expiries.put(
                "a",
                List.of(
                        new LegacyExpiry.OfSubject(marked.id().tag(), clock.millis()),
                        new LegacyExpiry.OfToken(
                                new TokenLocator.Foreign(expired.id().hash()), clock.millis(), clock.millis() + 1000)));
        ask(Backfill.Action.START);
        cluster.fail(true);
        step(worker);
        step(worker);
        assertThat(ledger.progress().counts().scanned()).isZero();
        cluster.fail(false);
        runToTheEnd(worker);

        assertThat(isInCluster(marked)).isFalse();
        assertThat(isInCluster(expired)).isFalse();
        // Both tokens of the subject with a not-before time, and the expired token.
        assertThat(ledger.progress().counts()).isEqualTo(new Counts(4, 1, 0, 3, 0));
    }

    @Test
    void shouldStopInAPhaseWithoutCopies() {
        fill("a", 2000);
        ask(Backfill.Action.START);
        step(worker);
        step(worker);
        ledger.phase(MigrationPhase.LEGACY);
        time.advance(Duration.ofSeconds(1));
        step(worker);
        step(worker);
        assertThat(ledger.progress().counts().scanned()).isEqualTo(500);
        ledger.phase(MigrationPhase.mirror(10));
        runToTheEnd(worker);
        assertThat(ledger.progress().counts().scanned()).isEqualTo(2000);
    }
}
