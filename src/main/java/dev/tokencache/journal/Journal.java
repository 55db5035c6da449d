package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What Redis could not take, kept durably until it can.
 *
 * <p>A write is durable when its call succeeds, and seen by every later question from then on, in every process that
 * shares the journal. Holds hashes, never tokens. Implementations are thread-safe and never block; their calls complete
 * on the caller's Vert.x context, if it has one, and fail with
 * {@link dev.tokencache.token.StoreUnavailableException} when the journal can not be read, or can not take a write since
 * it is broken or full.
 */
public interface Journal {

    /**
     * Whether nothing is in it: one volatile read. True also while nobody knows, since the database could not be asked
     * yet: an unreachable journal, which is empty most of the time, must not stop the service.
     */
    boolean isEmpty();

    /**
     * What it has on a token and its subject.
     *
     * @param subject whose token it is, or null for a foreign one of which nobody has said that yet
     */
    Uni<JournaledState> find(TokenHash token, @Nullable RoutingTag subject);

    /** All that it has on a subject and its tokens; besides every expiry of a foreign token, whose subject nobody knows. */
    Uni<JournaledSubject> ofSubject(RoutingTag subject);

    /**
     * Keeps a token's record.
     *
     * @param replaced what {@link #find} said is there for that token, or null for nothing
     * @return false, and nothing is changed, if that is no longer so
     */
    Uni<Boolean> keep(JournaledRecord record, @Nullable JournaledRecord replaced);

    /**
     * Keeps the expiry of a token. An earlier one is replaced by a later one only.
     *
     * @param atMillis when, milliseconds since the epoch
     */
    Uni<Void> expire(TokenLocator token, long atMillis);

    /**
     * Keeps a subject's mark, or moves it forward.
     *
     * @param before the moment up to which tokens are inactive, milliseconds since the epoch; empty for "all that exist
     *     now": the present, or the latest issue among the subject's journaled records if that is later
     * @return the journal's mark afterwards, milliseconds since the epoch
     */
    Uni<Long> expireSubject(RoutingTag subject, OptionalLong before);

    /** What is in it, for whoever replays it. */
    interface Backlog {

        /**
         * Takes entries to be replayed, for a while: no other process gets them meanwhile. Expiries and marks come before
         * records, and a record only once no expiry of that token and no mark of its subject is left; the oldest first.
         * What has outlived its use is dropped (and counted) here: a record once renewals could not make the token good any
         * more; not at its own end, since Redis may know a later one that a renewal has cut short.
         *
         * @return none if there is nothing to be replayed now
         */
        Uni<List<JournalEntry>> take(int atMost);

        /**
         * Removes entries that were brought to Redis, unless they were replaced since; and with an expiry, or a mark, the
         * records that it made void, which nothing in the journal would speak against any more.
         */
        Uni<Void> settle(List<JournalEntry> replayed);

        /** Gives back entries that could not be replayed, to be taken again after a pause. */
        Uni<Void> giveBack(List<JournalEntry> entries);
    }
}
