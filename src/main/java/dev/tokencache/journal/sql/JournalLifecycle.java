package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStorage;
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
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/** Makes the journal that is configured, opens it with the service and closes it behind it. */
final class JournalLifecycle {

    /** Costs nothing in a file, and nobody else writes to it. */
    private static final Duration LOCAL_POLL = Duration.ofMillis(100);

    @Produces
    @Singleton
    JournalMetrics metrics() {
        return new JournalMetrics();
    }

    /** @throws IllegalArgumentException naming the property, if a setting makes no sense */
    @Produces
    @Singleton
    JournalStorage storage(
            JournalConfig config,
            TokenConfig tokens,
            Clock clock,
            JournalMetrics metrics,
            @DataSource("journal") Instance<AgroalDataSource> pool,
            @FlywayDataSource("journal") Instance<Flyway> schema,
            @ConfigProperty(name = "quarkus.datasource.journal.jdbc.url") Optional<String> url) {
        JournalConfigRules.check(config, url);
        return switch (config.kind()) {
            case OFF -> JournalStorage.OFF;
            case LOCAL ->
                new SqlJournal(
                        Kind.LOCAL,
                        new SqliteDatabase(config.local().path()),
                        config.maxEntries(),
                        tokens.maxTtl(),
                        LOCAL_POLL,
                        clock,
                        metrics);
            case SHARED ->
                new SqlJournal(
                        Kind.SHARED,
                        new PostgresDatabase(
                                pool.get(),
                                () -> schema.get().migrate(),
                                config.shared().poll()),
                        config.maxEntries(),
                        tokens.maxTtl(),
                        config.shared().poll(),
                        clock,
                        metrics);
        };
    }

    /** Before the ports open, so that the first question is answered with all that the journal knows. */
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
