package dev.tokencache.migration;

import java.util.Locale;

/** How the two sides differ on a token. A comparison reports the first kind that applies. */
public enum Mismatch {
    MISSING_IN_CLUSTER,
    MISSING_IN_LEGACY,
    OTHER_SUBJECT,
    OTHER_CLAIMS,
    /** The expiries differ by more than two seconds. */
    OTHER_EXPIRY;

    /** The name in the API and in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
