package dev.tokencache.testing;

/** The outcome of a call, as its caller sees it. */
public enum Outcome {
    /** The token is active, or the write is done. */
    SERVED,
    /** 401 or {@code "active":false}: the user is logged out. */
    INACTIVE,
    /** 503: the caller should retry. */
    UNKNOWN,
    /** No response, or an unexpected one. */
    FAILED
}
