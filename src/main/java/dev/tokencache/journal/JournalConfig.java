package dev.tokencache.journal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where what Redis can not take is kept, and how much of it. Where the shared database is, and who the service is there,
 * are Quarkus' own settings, {@code quarkus.datasource.journal.*}.
 */
@ConfigMapping(prefix = "tokencache.journal")
public interface JournalConfig {

    /** Which kind of journal; every process that uses the same Redis must have the same. */
    @WithDefault("off")
    Kind kind();

    /** The most entries that may wait; beyond it writes that Redis can not take fail. */
    @WithDefault("1000000")
    int maxEntries();

    /** How many entries each process brings to Redis in a second, at most. */
    @WithDefault("1000")
    int replayRate();

    Local local();

    Shared shared();

    /** What keeps the journal. */
    enum Kind {
        /** Nothing: a write that Redis can not take fails. */
        OFF,
        /** A file, for this process alone. */
        LOCAL,
        /** PostgreSQL, for all processes of the service. */
        SHARED
    }

    /** The journal in a file. */
    interface Local {

        /** The directory; made if it is not there. */
        @WithDefault("data/journal")
        Path path();
    }

    /** The journal in PostgreSQL. */
    interface Shared {

        /**
         * How often each process looks whether others have put something into an empty journal. The first writes of an
         * outage are answered only after three such times, so that all have noticed.
         */
        @WithDefault("100ms")
        Duration poll();
    }
}
