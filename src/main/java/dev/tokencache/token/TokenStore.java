package dev.tokencache.token;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The port to the store of tokens. Journal, near cache, migration and metrics are decorators of this interface.
 *
 * <p>Implementations are thread-safe and never block. Reads return a {@link Verdict}, which can be unknown. Every other
 * call fails with {@link StoreUnavailableException} if its outcome is unknown. All writes are idempotent, so a caller can
 * repeat one whose outcome is unknown.
 */
public interface TokenStore {

    /** Returns whether a token is active, and restarts its idle timeout. Never fails. */
    Uni<Verdict> validate(TokenLocator token);

    /** Validates many tokens. The verdicts are in the order of the tokens. Never fails. */
    Uni<List<Verdict>> validateAll(List<TokenLocator> tokens);

    /** As {@link #validate}, but does not restart the idle timeout. Never fails. */
    Uni<Verdict> read(TokenLocator token);

    Uni<Creation> create(NewToken token);

    sealed interface Creation {
        /** The token is stored. The oldest tokens beyond {@link NewToken#maxTokens} were expired. */
        record Created(Durability durability, List<TokenId> evicted) implements Creation {
            public Created {
                evicted = List.copyOf(evicted);
            }

            public Created(Durability durability) {
                this(durability, List.of());
            }
        }

        /** The string already belongs to an active token. */
        record Taken() implements Creation {}

        /** The subject, or this foreign token, was expired then (milliseconds since the epoch): issue it later. */
        record IssuedTooEarly(long notBeforeMillis) implements Creation {}

        Creation CREATED = new Created(Durability.AS_CONFIGURED);
        Creation TAKEN = new Taken();
    }

    /**
     * A token to store.
     *
     * @param foreignNonce for a foreign string, identifies this creation among others of the same string; null for one of
     *     the service's own strings, which are unique
     * @param string the token string, for the duration of the call, if the configured store derives keys from it; else null
     * @param maxTokens the maximum number of active tokens of the subject, this one included. The store expires the oldest
     *     beyond it, but never this one. The journal and the old store of other programs ignore it
     */
    record NewToken(
            Token token,
            @Nullable String foreignNonce,
            @Nullable TokenString string,
            int maxTokens) {

        /** No maximum number of tokens, as for a copy or a replay: these end no other token. */
        public static final int UNLIMITED = Integer.MAX_VALUE;

        /** A token that ends no other one. */
        public NewToken(Token token, @Nullable String foreignNonce, @Nullable TokenString string) {
            this(token, foreignNonce, string, UNLIMITED);
        }

        /** A token whose string the store does not need. */
        public NewToken(Token token, @Nullable String foreignNonce) {
            this(token, foreignNonce, null);
        }

        public NewToken plain() {
            return string == null ? this : new NewToken(token, foreignNonce, null, maxTokens);
        }

        public NewToken withMaxTokens(int changed) {
            return new NewToken(token, foreignNonce, string, changed);
        }

        /** Whether another system created the string, so it must be found by its hash alone. */
        public boolean isForeign() {
            return foreignNonce != null;
        }
    }

    /** Moves the expiry to {@code lifetime} seconds from now, or by {@link Token#lifetime}, up to its maximum. */
    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime);

    sealed interface Renewal {
        /** The renewed record. */
        record Renewed(Token token, Durability durability) implements Renewal {
            /** A renewal with the configured durability. */
            public Renewed(Token token) {
                this(token, Durability.AS_CONFIGURED);
            }
        }

        /** There is no active token. */
        record NotActive() implements Renewal {}

        /** The requested expiry is beyond the token's maximum expiry. */
        record BeyondRenewableUntil(long renewableUntil) implements Renewal {}

        Renewal NOT_ACTIVE = new NotActive();

        /** Renews an active token, or refuses to. */
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
     * Makes a token permanently inactive as of a time, in milliseconds since the epoch. Succeeds also if it already is.
     * Only a foreign token can be created again, if it is issued later.
     */
    Uni<Durability> expire(TokenLocator token, long atMillis);

    /**
     * Expires all tokens of a subject that were issued up to a moment in milliseconds since the epoch; empty for all
     * that exist now, even if the clock of their issuer is ahead. Returns the not-before time afterwards; it never
     * moves back. The cost does not depend on the number of tokens.
     */
    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before);

    /**
     * As {@link #expireSubject}, but keeps one token of the subject: it is issued again, after the not-before time. If it is
     * not active, this expires all.
     */
    Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before);

    /**
     * Stores a record that the journal accepted while this store could not. As {@link #create}, but replaces an existing
     * record of the same or an earlier issue of the token. A token that was expired since stays expired.
     */
    Uni<Restoration> restore(NewToken token);

    enum Restoration {
        /** The record is stored with the configured durability. */
        RESTORED,
        /** The record is stored, but on fewer replicas than configured: the loss of one more node could undo it. */
        UNDER_REPLICATED,
        /** The token or its subject was expired since. */
        EXPIRED,
        /** The string belongs to another active token. */
        TAKEN;

        /** The outcome of a write that was accepted. */
        public static Restoration of(Durability durability) {
            return durability == Durability.AS_CONFIGURED ? RESTORED : UNDER_REPLICATED;
        }
    }

    /**
     * Lists a subject's active tokens, a page at a time, and its not-before time. A page may have fewer tokens than its limit
     * although others follow. A token that stays active while all pages are read is on one of them.
     */
    Uni<SubjectTokens> list(RoutingTag subject, Paging paging);
}
