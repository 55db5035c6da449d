package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.sql.JournalTwins.Action;
import dev.tokencache.journal.sql.JournalTwins.Step;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.TokenLocator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Random histories, applied to a journal in a simulated database and to the model in memory. */
class SimulatedDatabaseTest {

    private static final Conditions PERFECT = new Conditions() {
        @Override
        public void request() {}

        @Override
        public void beforeCommit() {}

        @Override
        public void reply() {}
    };

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-01-01T00:00:00Z"), 1);

    private SqlJournal open(SimulatedDatabase database) {
        SqlJournal journal =
                database.open(1000, Duration.ofDays(30), time, Runnable::run, PERFECT, new JournalMetrics());
        time.advance(Duration.ofMillis(1));
        return journal;
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCAL", "SHARED"})
    void shouldBehaveLikeTheModel(Kind kind) {
        for (int seed = 0; seed < 20; seed++) {
            SimulatedDatabase database = new SimulatedDatabase(kind, time.clock());
            SqlJournal journal = open(database);
            waitForTheMarker(journal);
            new JournalTwins(journal, (MutableClock) time.clock()).apply(history(new Random(seed)));
        }
    }

    /** The marker is older than three periods then, so that no later write waits. */
    private void waitForTheMarker(SqlJournal journal) {
        TokenLocator token = new TokenLocator.Foreign(TokenDraft.randomHash());
        CompletableFuture<Void> written = journal.expire(token, 0).subscribeAsCompletionStage();
        time.advance(Duration.ofMillis(300));
        assertThat(written).isCompleted();
        journal.claim(1).chain(journal::acknowledge).await().indefinitely();
    }

    private static List<Step> history(Random random) {
        return Stream.generate(() -> new Step(
                        Action.values()[random.nextInt(Action.values().length)],
                        random.nextInt(12),
                        random.nextInt(1001)))
                .limit(60)
                .toList();
    }

    @Test
    void shouldShowAWriteToAnotherProcessBeforeItIsAcknowledged() {
        SimulatedDatabase database = new SimulatedDatabase(Kind.SHARED, time.clock());
        SqlJournal writing = open(database);
        SqlJournal reading = open(database);
        CompletableFuture<Void> written = writing.expire(new TokenLocator.Foreign(TokenDraft.randomHash()), 0)
                .subscribeAsCompletionStage();

        time.advance(Duration.ofMillis(200));
        assertThat(written).isNotCompleted();
        assertThat(reading.isEmpty()).isFalse();

        time.advance(Duration.ofMillis(100));
        assertThat(written).isCompleted();
    }
}
