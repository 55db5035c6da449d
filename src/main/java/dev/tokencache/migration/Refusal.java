package dev.tokencache.migration;

/** Why a record of the old store cannot be a token. */
public enum Refusal implements Labelled {
    /** It has no subject. Perhaps it is the session of a user who has not logged in. */
    NO_SUBJECT,
    /** Its subject has more than 1024 bytes, control characters or unpaired surrogates, or is named twice. */
    BAD_SUBJECT,
    /** It is not UTF-8 (RFC 8259 section 8.1). */
    NOT_UTF8,
    /** It does not have the configured format. */
    UNREADABLE,
    /** It has another Redis type. */
    WRONG_TYPE
}
