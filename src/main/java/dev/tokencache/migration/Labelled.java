package dev.tokencache.migration;

import java.util.Locale;

/** A constant with a name in the API, in metrics and in Redis. */
public interface Labelled {

    String name();

    default String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
