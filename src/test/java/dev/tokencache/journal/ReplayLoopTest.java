package dev.tokencache.journal;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplayLoopTest {

    private static final Duration TICK = Duration.ofMillis(100);
    private static final int PER_SECOND = 200;
    private static final int PER_TICK = 20;

    private static final Duration CONFIRM_AFTER = Duration.ofSeconds(30);

    /** The number of entries claimed from a store that accepted none before. */
    private static final int PROBE = 16;

    private final VirtualTime time = new VirtualTime();
    private final UnreliableStore redis = new UnreliableStore(new InMemoryTokenStore(time.clock()));
    private final InMemoryJournal journal = new InMemoryJournal(time.clock());
    private final List<Integer> claims = new ArrayList<>();
    private int replayed;

    ReplayLoopTest() {
        Replay replay = new Replay(new Recorded(), redis, CONFIRM_AFTER, time, new JournalMetrics());
        new ReplayLoop(journal, replay, PER_SECOND, time).start();
    }

    private void journalEntries(int number) {
        for (int i = 0; i < number; i++) {
            TokenLocator token = new TokenLocator.Foreign(TokenDraft.randomHash());
            journal.expire(token, time.clock().millis()).await().indefinitely();
        }
    }

    @Test
    void shouldClaimNothingWhileTheJournalIsEmpty() {
        time.advance(Duration.ofSeconds(5));

        assertThat(claims).isEmpty();
    }

    @Test
    void shouldReplayAtTheConfiguredRate() {
        journalEntries(3 * PER_TICK);

        for (int tick = 1; tick <= 4; tick++) {
            time.advance(TICK);
            assertThat(replayed).isEqualTo(Math.min(tick, 3) * PER_TICK);
        }
        assertThat(journal.entries()).as("accepted, not confirmed").isEqualTo(3 * PER_TICK);
    }

    @Test
    void shouldConfirmAtTheConfiguredRate() {
        journalEntries(3 * PER_TICK);

        time.advance(CONFIRM_AFTER);
        assertThat(journal.entries()).isEqualTo(3 * PER_TICK);
        for (int tick = 1; tick <= 3; tick++) {
            time.advance(TICK);
            assertThat(journal.entries()).isEqualTo((3 - tick) * PER_TICK);
        }
        int claimed = claims.size();
        time.advance(Duration.ofSeconds(1));
        assertThat(claims).hasSize(claimed);
    }

    @Test
    void shouldPauseAndClaimFewerWhileTheStoreAcceptsNothing() {
        redis.mode(UnreliableStore.Mode.AWAY);
        journalEntries(50);

        time.advance(TICK);
        time.advance(Duration.ofMillis(999));
        assertThat(claims).containsExactly(PER_TICK);
        time.advance(Duration.ofMillis(1));
        assertThat(claims).containsExactly(PER_TICK, PROBE);

        redis.mode(UnreliableStore.Mode.UP);
        time.advance(Duration.ofSeconds(1));
        assertThat(claims).containsExactly(PER_TICK, PROBE, PROBE);
        time.advance(TICK);
        assertThat(claims).containsExactly(PER_TICK, PROBE, PROBE, PER_TICK);
    }

    @Test
    void shouldPauseWhileTheJournalCannotBeRead() {
        journalEntries(1);
        journal.fail(true);

        time.advance(TICK);
        time.advance(Duration.ofMillis(999));
        assertThat(claims).hasSize(1);

        journal.fail(false);
        time.advance(Duration.ofMillis(1));
        assertThat(claims).hasSize(2);
        assertThat(replayed).isEqualTo(1);
    }

    /** The journal's backlog, recording the limit of each claim. */
    private final class Recorded implements Journal.Backlog {
        @Override
        public Uni<List<JournalEntry>> claim(int limit) {
            claims.add(limit);
            return journal.claim(limit);
        }

        @Override
        public Uni<Void> keep(List<JournalEntry> accepted, Duration pause) {
            replayed += accepted.size();
            return journal.keep(accepted, pause);
        }

        @Override
        public Uni<Void> acknowledge(List<JournalEntry> replayed) {
            return journal.acknowledge(replayed);
        }

        @Override
        public Uni<Void> release(List<JournalEntry> entries) {
            return journal.release(entries);
        }
    }
}
