package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Restoration;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Replays the journal to the store: expiries and not-before times first, then records. An entry leaves the journal only
 * after the store has accepted it. Every step is idempotent: a crash, or a concurrent replay by another process, only
 * repeats work.
 */
public final class Replay {

    private static final Logger LOG = Logger.getLogger(Replay.class);

    /** How long after its claim an entry may be replayed. Far less than the lease, so that no other process has it too. */
    private static final Duration HOLD = Duration.ofSeconds(10);

    /**
     * How long after its issue a foreign token is retried while its string belongs to another token. The expiry of that
     * token may still be in another process's journal. Afterwards the present holder keeps the string: during the outage it
     * could not be known whether the string was free.
     */
    private static final Duration TAKEN_PATIENCE = Duration.ofMinutes(10);

    private final Journal.Backlog backlog;
    private final TokenStore store;
    private final Time time;
    private final ReplayEvents events;

    /** @param store receives the writes; must not be the journaled store */
    public Replay(Journal.Backlog backlog, TokenStore store, Time time, ReplayEvents events) {
        this.backlog = backlog;
        this.store = store;
        this.time = time;
        this.events = events;
    }

    /**
     * Claims entries and replays them.
     *
     * @return false if there were entries and the store accepted none; fails if the journal could not be read or changed
     */
    Uni<Boolean> round(int limit) {
        return backlog.claim(limit).chain(this::replay);
    }

    private Uni<Boolean> replay(List<JournalEntry> entries) {
        long claimedAt = time.nanoTime();
        List<JournalEntry> revocations = entries.stream()
                .filter(entry -> !(entry instanceof JournalEntry.SavedRecord))
                .toList();
        List<JournalEntry> records = entries.stream()
                .filter(JournalEntry.SavedRecord.class::isInstance)
                .toList();
        Outcome outcome = new Outcome();
        return replayAll(revocations, claimedAt, outcome)
                .chain(() -> replayAll(records, claimedAt, outcome))
                .chain(() -> backlog.acknowledge(outcome.done))
                .chain(() -> backlog.release(outcome.left))
                .replaceWith(() -> outcome.left.isEmpty() || !outcome.done.isEmpty());
    }

    private Uni<Void> replayAll(List<JournalEntry> entries, long claimedAt, Outcome outcome) {
        if (entries.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.join()
                .all(entries.stream().map(entry -> replay(entry, claimedAt)).toList())
                .andFailFast()
                .invoke(isDone -> outcome.add(entries, isDone))
                .replaceWithVoid();
    }

    /** Returns whether the entry is done; never fails. */
    private Uni<Boolean> replay(JournalEntry entry, long claimedAt) {
        if (time.nanoTime() - claimedAt > HOLD.toNanos()) {
            return Uni.createFrom().item(false);
        }
        return write(entry)
                .map(restoration -> isDone(entry, restoration))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("Journal entry not replayed: the store failed; cause=%s", failure);
                    return false;
                });
    }

    private Uni<Restoration> write(JournalEntry entry) {
        if (entry instanceof JournalEntry.Expiry expiry) {
            return store.expire(expiry.token(), expiry.atMillis()).replaceWith(Restoration.RESTORED);
        }
        if (entry instanceof JournalEntry.NotBefore notBefore) {
            return store.expireSubject(notBefore.subject(), OptionalLong.of(notBefore.notBeforeMillis()))
                    .replaceWith(Restoration.RESTORED);
        }
        return store.restore(((JournalEntry.SavedRecord) entry).record().toNewToken());
    }

    private boolean isDone(JournalEntry entry, Restoration restoration) {
        if (restoration == Restoration.RESTORED) {
            events.replayed();
            return true;
        }
        Token token = ((JournalEntry.SavedRecord) entry).record().token();
        long ageMillis = time.clock().millis() - token.issuedAtMillis();
        if (restoration == Restoration.TAKEN && ageMillis < TAKEN_PATIENCE.toMillis()) {
            return false;
        }
        events.refused(restoration);
        LOG.debugf("Journaled record rejected by the store and removed; jti=%s reason=%s", token.id(), restoration);
        return true;
    }

    /** The results of a round. */
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
