package dev.tokencache.migration;

/** How the two sides differ on a token. A comparison reports the first kind that applies. */
public enum Mismatch implements Labelled {
    MISSING_IN_CLUSTER,
    MISSING_IN_LEGACY,
    OTHER_SUBJECT,
    OTHER_CLAIMS,
    /** The expiries differ by more than two seconds. */
    OTHER_EXPIRY
}
