package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/**
 * The answer to "is this token good?", from the store to the wire. There are three, and the third is the reason for
 * this service: a store that could not be asked is never told as inactive.
 */
public sealed interface Verdict {

    /**
     * The token is good.
     *
     * @param basis who said so
     */
    record Active(Token token, Basis basis) implements Verdict {
        /** A verdict on what is kept now. */
        public Active(Token token) {
            this(token, Basis.CURRENT);
        }

        /** Whether the store could not be asked, and this is what it said a while ago. */
        public boolean isStale() {
            return basis == Basis.STALE;
        }
    }

    /** What an active verdict rests on. */
    enum Basis {
        /** On what is kept now. */
        CURRENT,
        /** On a copy that may have missed the last writes. */
        REPLICA,
        /** On what was kept a while ago, since the store could not be asked now. */
        STALE
    }

    /** The token is not good, and the store, or the token string itself, said so. */
    record Inactive() implements Verdict {}

    /**
     * The store could not be asked.
     *
     * @param cause what went wrong, for the log of those who look for it; never told to a caller
     */
    record Unknown(@Nullable Throwable cause) implements Verdict {}

    Verdict INACTIVE = new Inactive();

    static Verdict of(Token token, long nowMillis, long notBeforeMillis) {
        return token.isActive(nowMillis, notBeforeMillis) ? new Active(token) : INACTIVE;
    }
}
