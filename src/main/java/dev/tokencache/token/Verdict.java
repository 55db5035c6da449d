package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/**
 * The answer to "is this token good?", from the store to the wire. There are three, and the third is the reason for
 * this service: a store that could not be asked is never told as inactive.
 */
public sealed interface Verdict {

    /** The token is good. */
    record Active(Token token) implements Verdict {}

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
