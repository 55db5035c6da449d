package dev.tokencache.migration;

import java.util.Locale;

/** How the two sides can differ on a token. A comparison finds at most one: the first that applies. */
public enum Mismatch {
    MISSING_IN_CLUSTER,
    MISSING_IN_LEGACY,
    OTHER_SUBJECT,
    OTHER_CLAIMS,
    /** By more than two seconds. */
    OTHER_EXPIRY;

    /** The name in the API and in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
