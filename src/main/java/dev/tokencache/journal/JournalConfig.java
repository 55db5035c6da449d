package dev.tokencache.journal;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** The journal's settings. The shared database's address and user are Quarkus' settings {@code quarkus.datasource.journal.*}. */
@ConfigMapping(prefix = "tokencache.journal")
public interface JournalConfig {

    /** The kind of journal. Must be the same in every process that uses the same Redis. */
    @WithDefault("off")
    Kind kind();

    /** The maximum number of entries. Beyond it, writes that Redis cannot accept fail. */
    @WithDefault("1000000")
    int maxEntries();

    /** The maximum number of entries that each process replays in a second. */
    @WithDefault("1000")
    int replayRate();

    /**
     * How long an entry stays in the journal after Redis has accepted it. Redis must then confirm it. At least twice the
     * cluster's {@code cluster-node-timeout}, because for about that long a master that is cut off from the others accepts
     * writes which a failover undoes.
     */
    @WithDefault("30S")
    Duration confirmAfter();

    Local local();

    enum Kind {
        /** Nowhere: writes that Redis cannot accept fail. */
        OFF,
        /** In a file, for this process only. */
        LOCAL,
        /** In PostgreSQL, for all processes of the service. */
        SHARED
    }

    interface Local {

        /** The directory, which is created if it does not exist. */
        @WithDefault("data/journal")
        Path path();
    }
}
