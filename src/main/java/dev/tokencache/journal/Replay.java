package dev.tokencache.journal;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Restoration;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Brings what is in a journal to the store: expiries and marks first, then records. An entry leaves the journal only
 * after the store has it. Every step can be repeated without harm, so that a crash at any point, or another process that
 * does the same, costs nothing but time.
 */
public final class Replay {

    private static final Logger LOG = Logger.getLogger(Replay.class);

    /** Far less than the time for which entries are taken: nobody else has them while they are replayed. */
    private static final Duration HOLD = Duration.ofSeconds(10);

    /**
     * How long after its issue a foreign token waits for another to let go of its string: that one's expiry may be on its
     * way, too. Nobody could know in the outage whether the string was free; if it was not, who had it keeps it.
     */
    private static final Duration TAKEN_PATIENCE = Duration.ofMinutes(10);

    private final Journal.Backlog backlog;
    private final TokenStore store;
    private final Clock clock;
    private final ReplayEvents events;

    /** @param store takes the writes; not the journaled one */
    public Replay(Journal.Backlog backlog, TokenStore store, Clock clock, ReplayEvents events) {
        this.backlog = backlog;
        this.store = store;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Takes some entries and replays them.
     *
     * @return false if there were some and the store took none of them; fails if the journal could not be asked
     */
    Uni<Boolean> round(int atMost) {
        return backlog.take(atMost).chain(this::replay);
    }

    private Uni<Boolean> replay(List<JournalEntry> entries) {
        long takenAt = System.nanoTime();
        List<JournalEntry> first = new ArrayList<>();
        List<JournalEntry> then = new ArrayList<>();
        entries.forEach(entry -> (entry instanceof JournalEntry.Kept ? then : first).add(entry));
        Outcome outcome = new Outcome();
        return replayAll(first, takenAt, outcome)
                .chain(() -> replayAll(then, takenAt, outcome))
                .chain(() -> backlog.settle(outcome.done))
                .chain(() -> backlog.giveBack(outcome.left))
                .replaceWith(() -> outcome.left.isEmpty() || !outcome.done.isEmpty());
    }

    private Uni<Void> replayAll(List<JournalEntry> entries, long takenAt, Outcome outcome) {
        if (entries.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.join()
                .all(entries.stream().map(entry -> replay(entry, takenAt)).toList())
                .andFailFast()
                .invoke(isDone -> outcome.add(entries, isDone))
                .replaceWithVoid();
    }

    /** Whether the entry is through with; never fails. */
    private Uni<Boolean> replay(JournalEntry entry, long takenAt) {
        if (System.nanoTime() - takenAt > HOLD.toNanos()) {
            return Uni.createFrom().item(false);
        }
        return tell(entry)
                .map(restoration -> isThroughWith(entry, restoration))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("Not replayed yet; cause=%s", failure);
                    return false;
                });
    }

    private Uni<Restoration> tell(JournalEntry entry) {
        if (entry instanceof JournalEntry.Expiry expiry) {
            return store.expire(expiry.token(), expiry.atMillis()).replaceWith(Restoration.RESTORED);
        }
        if (entry instanceof JournalEntry.NotBefore notBefore) {
            return store.expireSubject(notBefore.subject(), OptionalLong.of(notBefore.notBeforeMillis()))
                    .replaceWith(Restoration.RESTORED);
        }
        return store.restore(((JournalEntry.Kept) entry).record().asNewToken());
    }

    private boolean isThroughWith(JournalEntry entry, Restoration restoration) {
        if (restoration == Restoration.RESTORED) {
            events.replayed();
            return true;
        }
        Token token = ((JournalEntry.Kept) entry).record().token();
        if (restoration == Restoration.TAKEN && clock.millis() - token.issuedAtMillis() < TAKEN_PATIENCE.toMillis()) {
            return false;
        }
        events.refused(restoration);
        LOG.debugf("Not restored; jti=%s reason=%s", token.id(), restoration);
        return true;
    }

    /** What became of the entries of a round, filled as it goes on. */
    private static final class Outcome {
        final List<JournalEntry> done = new ArrayList<>();
        final List<JournalEntry> left = new ArrayList<>();

        void add(List<JournalEntry> entries, List<Boolean> isDone) {
            for (int i = 0; i < entries.size(); i++) {
                (isDone.get(i) ? done : left).add(entries.get(i));
            }
        }
    }
}
