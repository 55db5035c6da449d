package dev.tokencache.migration;

import java.util.Locale;

public enum Side {
    LEGACY,
    CLUSTER;

    /** The name in the API and in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
