package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore.Restoration;
import dev.tokencache.token.TouchableTokenStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Replays the journal to the store: expiries and not-before times first, then records and validations. Every step is
 * idempotent: a crash, or a concurrent replay by another process, only repeats work.
 *
 * <p>An entry leaves the journal only when a failover can no longer undo it. The store must have accepted it twice, with the
 * configured durability, and some time apart: the master that accepted it first may have been cut off from the majority of
 * the cluster, and is demoted in the meantime. The second replay then reaches its successor. A master without a replica
 * confirms its entries in the same way.
 *
 * @param store receives the writes; must not be the journaled store
 * @param confirmAfter how long after the store first accepted an entry it is replayed again, to confirm it. Longer than
 *     a master that is cut off from the others accepts writes
 */
public record Replay(
        Journal.Backlog backlog, TouchableTokenStore store, Duration confirmAfter, Time time, JournalMetrics events) {

    private static final Logger LOG = Logger.getLogger(Replay.class);

    /** How long after its claim an entry may be replayed. Far less than the lease, so that no other process has it too. */
    private static final Duration HOLD = Duration.ofSeconds(10);

    /**
     * How long after its issue a foreign token is retried while its string belongs to another token. The expiry of that
     * token may still be in another process's journal. Afterwards the present holder keeps the string: during the outage it
     * could not be known whether the string was free.
     */
    private static final Duration TAKEN_PATIENCE = Duration.ofMinutes(10);

    /**
     * Claims entries and replays them. Returns false if there were entries and the store accepted none with the
     * configured durability; fails if the journal could not be read or changed.
     */
    Uni<Boolean> round(int limit) {
        return backlog.claim(limit).chain(this::replay);
    }

    private Uni<Boolean> replay(List<JournalEntry> entries) {
        long claimedAt = time.nanoTime();
        Outcome outcome = new Outcome();
        return replayAll(entries.stream().filter(Replay::isFirst).toList(), claimedAt, outcome)
                .chain(() -> replayAll(
                        entries.stream().filter(entry -> !isFirst(entry)).toList(), claimedAt, outcome))
                .chain(() -> backlog.acknowledge(outcome.done))
                .chain(() -> backlog.keep(outcome.accepted, confirmAfter))
                .chain(() -> backlog.release(outcome.left))
                .replaceWith(() -> entries.isEmpty() || outcome.left.size() < entries.size());
    }

    private static boolean isFirst(JournalEntry entry) {
        return entry instanceof JournalEntry.Expiry || entry instanceof JournalEntry.NotBefore;
    }

    private Uni<Void> replayAll(List<JournalEntry> entries, long claimedAt, Outcome outcome) {
        if (entries.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return Uni.join()
                .all(entries.stream().map(entry -> replay(entry, claimedAt)).toList())
                .andFailFast()
                .invoke(results -> outcome.add(entries, results))
                .replaceWithVoid();
    }

    /** Never fails. */
    private Uni<Result> replay(JournalEntry entry, long claimedAt) {
        if (time.nanoTime() - claimedAt > HOLD.toNanos()) {
            return Uni.createFrom().item(Result.LEFT);
        }
        return write(entry)
                .map(restoration -> result(entry, restoration))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("Journal entry not replayed: the store failed; cause=%s", failure);
                    return postponed();
                });
    }

    private Uni<Restoration> write(JournalEntry entry) {
        if (entry instanceof JournalEntry.Expiry expiry) {
            return store.expire(expiry.token(), expiry.atMillis()).map(Restoration::of);
        }
        if (entry instanceof JournalEntry.NotBefore notBefore) {
            return store.expireSubject(notBefore.subject(), OptionalLong.of(notBefore.notBeforeMillis()))
                    .map(done -> Restoration.of(done.durability()));
        }
        if (entry instanceof JournalEntry.Validation validation) {
            return store.touch(validation.token()).replaceWith(Restoration.RESTORED);
        }
        return store.restore(((JournalEntry.SavedRecord) entry).record().toNewToken());
    }

    private Result result(JournalEntry entry, Restoration restoration) {
        return switch (restoration) {
            case RESTORED -> accepted(entry);
            case UNDER_REPLICATED -> postponed();
            case TAKEN, EXPIRED ->
                refused(((JournalEntry.SavedRecord) entry).record().token(), restoration);
        };
    }

    private Result accepted(JournalEntry entry) {
        if (!(entry instanceof JournalEntry.Validation) && !isConfirmed(entry.acceptedAtMillis())) {
            return Result.ACCEPTED;
        }
        events.replayed();
        return Result.DONE;
    }

    private Result postponed() {
        events.failed(JournalMetrics.Failure.REPLAY);
        return Result.LEFT;
    }

    private boolean isConfirmed(long acceptedAtMillis) {
        return acceptedAtMillis != 0 && time.clock().millis() - acceptedAtMillis >= confirmAfter.toMillis();
    }

    private Result refused(Token token, Restoration reason) {
        long ageMillis = time.clock().millis() - token.issuedAtMillis();
        if (reason == Restoration.TAKEN && ageMillis < TAKEN_PATIENCE.toMillis()) {
            return postponed();
        }
        events.refused(reason);
        LOG.debugf("Journaled record rejected by the store and removed; jti=%s reason=%s", token.id(), reason);
        return Result.DONE;
    }

    private enum Result {
        /** It leaves the journal: confirmed, or rejected permanently. */
        DONE,
        /** The store accepted it, and must confirm it. */
        ACCEPTED,
        /** It must be replayed again: the store failed, or too few replicas have it. */
        LEFT
    }

    private static final class Outcome {
        final List<JournalEntry> done = new ArrayList<>();
        final List<JournalEntry> accepted = new ArrayList<>();
        final List<JournalEntry> left = new ArrayList<>();

        void add(List<JournalEntry> entries, List<Result> results) {
            for (int i = 0; i < entries.size(); i++) {
                switch (results.get(i)) {
                    case DONE -> done.add(entries.get(i));
                    case ACCEPTED -> accepted.add(entries.get(i));
                    case LEFT -> left.add(entries.get(i));
                }
            }
        }
    }
}
