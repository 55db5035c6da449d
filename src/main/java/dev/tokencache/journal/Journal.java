package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A durable store for writes that Redis cannot accept, until they are replayed.
 *
 * <p>A write is durable when its call succeeds. Every later read sees it, in every process that shares the journal. The
 * journal holds hashes, never tokens. Implementations are thread-safe and never block. Their calls complete on the
 * caller's Vert.x context, if it has one. A call fails with {@link dev.tokencache.token.StoreUnavailableException} when
 * the journal cannot be read, or cannot accept a write because it is broken or full.
 */
public interface Journal {

    /** A record that was saved longer ago is confirmed although it is renewed all the time. */
    Duration BUSY = Duration.ofMinutes(10);

    /**
     * Whether the journal has no entries: one volatile read. Also true until the database was reached for the first time:
     * an unreachable journal is usually empty and must not stop the service.
     */
    boolean isEmpty();

    /** Reads the entries about a token and its subject, which is null for a foreign token of an unknown one. */
    Uni<JournaledState> find(TokenHash token, @Nullable RoutingTag subject);

    /** Reads the entries about a token; without those of another subject that was issued the same string, if it is known. */
    default Uni<JournaledState> find(TokenLocator token) {
        return token instanceof TokenLocator.ById byId
                ? find(token.hash(), byId.id().tag()).map(state -> state.forToken(byId.id()))
                : find(token.hash(), null);
    }

    /** Reads the entries about a subject and its tokens, and all expiries of foreign tokens, whose subject is unknown. */
    Uni<JournaledSubject> findSubject(RoutingTag subject);

    /** Saves a record if the present one is still {@code replaced}, null for none; else returns false. */
    Uni<Boolean> save(JournaledRecord record, @Nullable JournaledRecord replaced);

    /** Saves the expiry of a token, in milliseconds since the epoch. Keeps the present one if that is later. */
    Uni<Void> expire(TokenLocator token, long atMillis);

    /**
     * Saves a subject's not-before time, or moves it forward, and returns it (milliseconds since the epoch). It is
     * {@code before}; if empty, it makes all tokens inactive that exist now: the present, or the latest issue among the
     * subject's journaled records if that is later.
     */
    Uni<Long> expireSubject(RoutingTag subject, OptionalLong before);

    /** Saves an unrecorded validation, unless one is present within {@link Token#touchIntervalMillis}. */
    Uni<Void> touch(Token token);

    /**
     * Whether less than half of the capacity is in use. Writes that Redis has already accepted, and validations, are saved
     * only then: the rest is for writes that Redis cannot accept.
     */
    boolean hasRoom();

    /** The entries as a queue for the replay. */
    interface Backlog {

        /**
         * Leases entries to this process for a while; no other process gets them meanwhile. Returns the oldest first:
         * expiries and not-before times, then records and validations. One of these is returned only when no expiry of its
         * token and no not-before time of its subject is left.
         *
         * <p>Removes, and counts, entries that no longer matter. A record no longer matters after its maximum expiry. Its
         * present expiry does not decide: a renewal may have shortened it, and Redis may still hold the longer one.
         *
         * @return empty if no entry can be replayed now
         */
        Uni<List<JournalEntry>> claim(int limit);

        /**
         * Keeps entries that Redis has accepted, because a failover may still undo that. They can be claimed again after the
         * pause, with the time at which they were accepted first. A record that is replaced loses that time, except by a
         * validation, and except after {@link #BUSY}.
         */
        Uni<Void> keep(List<JournalEntry> accepted, Duration pause);

        /**
         * Removes entries that Redis has confirmed, unless they were replaced since. Also removes the records that a removed
         * expiry or not-before time makes inactive: nothing else in the journal would say so.
         */
        Uni<Void> acknowledge(List<JournalEntry> confirmed);

        /** Releases entries that could not be replayed. They can be claimed again after a pause. */
        Uni<Void> release(List<JournalEntry> entries);
    }
}
