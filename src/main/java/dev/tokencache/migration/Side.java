package dev.tokencache.migration;

import java.util.Locale;

/** The two stores of a migration. */
public enum Side {
    LEGACY,
    CLUSTER;

    /** The name in the API and in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
