package dev.tokencache.token;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The port behind which tokens are kept. Every extra duty (deadlines, journal, near cache, migration) is a decorator of
 * this interface.
 *
 * <p>Implementations are thread-safe and never block. A question is answered by a {@link Verdict}, which can be
 * unknown; every other call fails with {@link StoreUnavailableException} when its outcome is unknown. All writes are
 * idempotent: repeating one whose outcome is unknown does no harm.
 */
public interface TokenStore {

    /** Whether a token is good. Counts as a validation for its idle timeout. Never fails. */
    Uni<Verdict> validate(TokenLocator token);

    /** As {@link #validate}, for many tokens; the verdicts are in the order of the question. Never fails. */
    Uni<List<Verdict>> validateAll(List<TokenLocator> tokens);

    /** As {@link #validate}, but does not count for the idle timeout. Never fails. */
    Uni<Verdict> read(TokenLocator token);

    /** Keeps a new token. */
    Uni<Creation> create(NewToken token);

    /** What became of a {@link #create}. */
    sealed interface Creation {
        /** It is kept. */
        record Created(Durability durability) implements Creation {}

        /** Its string is that of a live token already. */
        record Taken() implements Creation {}

        /**
         * Its subject was expired up to that moment, which is not before the token's issue: it must be issued later.
         *
         * @param notBeforeMillis the subject's mark, milliseconds since the epoch
         */
        record IssuedTooEarly(long notBeforeMillis) implements Creation {}

        Creation CREATED = new Created(Durability.AS_CONFIGURED);
        Creation TAKEN = new Taken();
    }

    /**
     * A token to be kept.
     *
     * @param token its record
     * @param foreignNonce null for a string of ours, which is random and so names its creation; for one that another
     *     system made, what tells this creation from every other of the same string
     * @param string the token itself, for the duration of the call, only where a store is configured that names keys by it;
     *     else null
     */
    record NewToken(
            Token token,
            @Nullable String foreignNonce,
            @Nullable TokenString string) {

        /** A token whose string the store need not know. */
        public NewToken(Token token, @Nullable String foreignNonce) {
            this(token, foreignNonce, null);
        }

        /** This without the string. */
        public NewToken plain() {
            return string == null ? this : new NewToken(token, foreignNonce);
        }

        /** Whether another system made the string, so that it must be found by its hash alone. */
        public boolean isForeign() {
            return foreignNonce != null;
        }
    }

    /**
     * Moves the end of a token.
     *
     * @param lifetime seconds from now to the new end; empty for the token's own {@link Token#lifetime}, cut to its
     *     latest end
     */
    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime);

    /** What became of a {@link #renew}. */
    sealed interface Renewal {
        /** The record as it is now. */
        record Renewed(Token token, Durability durability) implements Renewal {
            /** A renewal that is as safe as it should be. */
            public Renewed(Token token) {
                this(token, Durability.AS_CONFIGURED);
            }
        }

        /** There is no live token. */
        record NotActive() implements Renewal {}

        /** The end asked for lies beyond the token's latest end. */
        record BeyondRenewableUntil(long renewableUntil) implements Renewal {}

        Renewal NOT_ACTIVE = new NotActive();

        /** What a renewal now makes of a live token. */
        static Renewal of(Token token, OptionalLong lifetime, long nowMillis) {
            long now = Math.floorDiv(nowMillis, 1000L);
            long wanted = now + lifetime.orElse(token.lifetime());
            if (wanted > token.renewableUntil() && lifetime.isPresent()) {
                return new BeyondRenewableUntil(token.renewableUntil());
            }
            return new Renewed(token.renewed(Math.min(wanted, token.renewableUntil()), nowMillis));
        }
    }

    /**
     * Makes a token inactive, for good: a token of ours is never kept again, one that another system made only if it is
     * issued later. Succeeds also when it was inactive already.
     *
     * @param atMillis when it was expired, milliseconds since the epoch
     */
    Uni<Durability> expire(TokenLocator token, long atMillis);

    /**
     * Makes all of a subject's tokens inactive that were issued up to a moment, at a cost that does not grow with their
     * number.
     *
     * @param before the moment, milliseconds since the epoch; empty for "all that exist now", whatever the clocks of
     *     those who issued them said
     * @return the subject's mark afterwards; never earlier than it was
     */
    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before);

    /**
     * Keeps a token's record as it was when this store could not take it. As {@link #create}, but a record of the same
     * issue that is there gives way to this one. What was expired since stays so.
     */
    Uni<Restoration> restore(NewToken token);

    /** What became of a {@link #restore}. */
    enum Restoration {
        /** The record is kept. */
        RESTORED,
        /** It was expired since, by itself or with its subject. */
        EXPIRED,
        /** Its string is that of another live token. */
        TAKEN
    }

    /** What is kept for a subject: its mark and its live tokens. */
    Uni<SubjectTokens> list(RoutingTag subject);
}
