package dev.tokencache;

import dev.tokencache.health.MigrationHealth;
import dev.tokencache.migration.MigrationControl;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.SharedBackfill;
import dev.tokencache.store.migration.BackfillLoop;
import dev.tokencache.store.migration.BackfillMetrics;
import dev.tokencache.store.migration.KnownState;
import dev.tokencache.store.migration.Migration;
import dev.tokencache.store.migration.WalkedVerification;
import dev.tokencache.store.redis.RedisTokenStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;

/** Puts together what operators have of a migration; {@link Wiring} has put it into the chain of stores. Nobody imports it. */
final class MigrationWiring {

    @Produces
    @Singleton
    MigrationControl migrationControl(Migration.Configured configured, RedisTokenStore redis, Clock clock) {
        return new MigrationControl(configured
                .migration()
                .map(migration -> new MigrationControl.Parts(
                        migration.dial(),
                        new SharedBackfill(migration.states(), migration.ledger(), clock),
                        new WalkedVerification(migration.legacy(), redis, Migration.SECOND_LOOK))));
    }

    /** Without the journal: it is for what callers wait for, and a copy can wait for the cluster. */
    void startBackfill(
            @Observes StartupEvent event,
            Migration.Configured configured,
            RedisTokenStore redis,
            MeterRegistry registry,
            Clock clock,
            Vertx vertx) {
        configured.migration().ifPresent(migration -> {
            BackfillMetrics metrics = new BackfillMetrics(registry);
            new BackfillLoop(
                            redis,
                            redis,
                            migration.legacy(),
                            migration.states(),
                            migration.ledger(),
                            metrics::observe,
                            clock)
                    .start(vertx);
        });
    }

    @Produces
    @Singleton
    MigrationHealth migrationHealth(Migration.Configured configured) {
        return configured
                .migration()
                .<MigrationHealth>map(migration -> () -> snapshot(migration.known()))
                .orElse(MigrationHealth.OFF);
    }

    private static MigrationHealth.Snapshot snapshot(KnownState known) {
        return known.state()
                .map(state -> snapshot(state, Duration.ofNanos(known.ageNanos())))
                .orElse(MigrationHealth.UNKNOWN);
    }

    private static MigrationHealth.Snapshot snapshot(MigrationState state, Duration age) {
        return new MigrationHealth.Snapshot(
                state.phase().name(),
                state.phase().readPercent(),
                state.phase().mirrorPercent(),
                state.version(),
                age.toSeconds());
    }
}
