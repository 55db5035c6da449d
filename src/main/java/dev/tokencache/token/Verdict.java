package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/** Whether a token is active, inactive or unknown. An unreachable store is never reported as inactive. */
public sealed interface Verdict {

    record Active(Token token, Basis basis) implements Verdict {
        /** A verdict on the current record. */
        public Active(Token token) {
            this(token, Basis.CURRENT);
        }

        /** Whether this is an earlier verdict, returned because the store is unreachable. */
        public boolean isStale() {
            return basis == Basis.STALE;
        }
    }

    /** What an active verdict rests on. */
    enum Basis {
        /** The current record. */
        CURRENT,
        /** A replica, which may have missed the last writes. */
        REPLICA,
        /** An earlier verdict, because the store is unreachable. */
        STALE
    }

    /** The token is inactive, according to the store or to the token string itself. */
    record Inactive() implements Verdict {}

    /** The store could not be reached, or its answer not read. The cause is for the log, never for a caller. */
    record Unknown(@Nullable Throwable cause) implements Verdict {}

    Verdict INACTIVE = new Inactive();

    /** The verdict on a record and the not-before time of its subject. */
    static Verdict of(Token token, long nowMillis, long notBeforeMillis) {
        return token.isActive(nowMillis, notBeforeMillis) ? new Active(token) : INACTIVE;
    }
}
