package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.redis.ConfigProblems;
import dev.tokencache.redis.Time;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.TokenConfig;
import io.agroal.api.AgroalDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.agroal.DataSource;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/** Creates the configured journal, opens it when the service starts and closes it when the service stops. */
final class JournalLifecycle {

    /**
     * How often each process checks the journal. With a shared journal, the first writes of an outage are answered after
     * three periods, when every process has seen the marker.
     */
    static final Duration CHECK_PERIOD = Duration.ofMillis(100);

    private static final int MAX_ENTRIES = 100_000_000;
    private static final int MAX_REPLAY_RATE = 1_000_000;
    private static final Duration MIN_CONFIRM_AFTER = Duration.ofSeconds(1);
    private static final Duration MAX_CONFIRM_AFTER = Duration.ofHours(1);

    @Produces
    @Singleton
    JournalMetrics metrics() {
        return new JournalMetrics();
    }

    /** @throws IllegalArgumentException if a setting is invalid; names the property */
    @Produces
    @Singleton
    JournalStorage storage(
            JournalConfig config,
            TokenConfig tokens,
            Seal seal,
            Time time,
            JournalMetrics metrics,
            @DataSource("journal") Instance<AgroalDataSource> pool,
            @FlywayDataSource("journal") Instance<Flyway> schema,
            @ConfigProperty(name = "quarkus.datasource.journal.jdbc.url") Optional<String> url) {
        check(config, url);
        if (config.kind() == Kind.OFF) {
            return JournalStorage.OFF;
        }
        Database database = config.kind() == Kind.LOCAL
                ? new SqliteDatabase(config.local().path())
                : new PostgresDatabase(
                        pool.get(), () -> schema.get().migrate(), CHECK_PERIOD, PostgresDatabase.REPLY_TIMEOUT);
        return new SqlJournal(
                config.kind(),
                database,
                config.maxEntries(),
                tokens.maxTtl(),
                CHECK_PERIOD,
                time,
                metrics,
                new DaemonThreads(),
                seal);
    }

    /** Throws as {@link ConfigProblems#report}. */
    static void check(JournalConfig config, Optional<String> url) {
        ConfigProblems problems = new ConfigProblems("tokencache.journal.");
        problems.checkNumber("max-entries", config.maxEntries(), 1, MAX_ENTRIES);
        problems.checkNumber("replay-rate", config.replayRate(), 1, MAX_REPLAY_RATE);
        problems.addIf(
                config.confirmAfter().compareTo(MIN_CONFIRM_AFTER) < 0
                        || config.confirmAfter().compareTo(MAX_CONFIRM_AFTER) > 0,
                "confirm-after must be from 1s to 1h");
        if (config.kind() == Kind.SHARED && url.isEmpty()) {
            problems.add("quarkus.datasource.journal.jdbc.url is not set; tokencache.journal.kind=shared requires it");
        }
        problems.report();
    }

    /** Opens the journal before the ports, so that the first request already sees its entries. */
    void start(@Observes StartupEvent event, JournalStorage storage, JournalMetrics metrics, MeterRegistry registry) {
        if (storage instanceof SqlJournal journal) {
            journal.start();
            metrics.register(registry, journal);
        }
    }

    void close(@Disposes JournalStorage storage) {
        if (storage instanceof SqlJournal journal) {
            journal.close();
        }
    }
}
