package dev.tokencache.testing;

/** What a caller gets to hear. */
public enum Outcome {
    /** The token is active, or the write is done. */
    SERVED,
    /** 401 or {@code "active":false}: somebody is logged out. */
    INACTIVE,
    /** 503: ask again. */
    UNKNOWN,
    /** No answer at all, or one that no caller expects. */
    FAILED
}
