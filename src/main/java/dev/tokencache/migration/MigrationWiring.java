package dev.tokencache.migration;

import dev.tokencache.Wiring;
import dev.tokencache.migration.health.MigrationHealth;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.state.RedisMigrationStates;
import dev.tokencache.migration.store.BackfillLoop;
import dev.tokencache.migration.store.BackfillMetrics;
import dev.tokencache.migration.store.EvidenceCollector;
import dev.tokencache.migration.store.KnownState;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.migration.store.ScanVerification;
import dev.tokencache.migration.store.StateLoop;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.token.TokenConfig;
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

    /** Longer than any call takes. */
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(10);

    /** The parts of a migration, if an old store is configured. */
    @Produces
    @Singleton
    Migration.Configured migration(
            LegacyConnection connection,
            RedisRouter router,
            RedisConfig redis,
            TokenConfig tokens,
            MigrationConfig config,
            Vertx vertx,
            Clock clock) {
        return new Migration.Configured(connection.store().map(legacy -> {
            RedisMigrationStates states = new RedisMigrationStates(router, redis.keyPrefix(), redis.timeout());
            EvidenceCollector evidence = new EvidenceCollector();
            KnownState known = new KnownState(state -> entered(state, legacy, evidence, vertx));
            MigrationDial dial = new SharedMigrationDial(states, config, tokens.maxTtl(), clock);
            return new Migration(legacy, states, states, known, evidence, dial);
        }));
    }

    private static void entered(MigrationState state, LegacyStore legacy, EvidenceCollector evidence, Vertx vertx) {
        evidence.enter(state.window());
        if (state.phase() instanceof MigrationPhase.Done) {
            // What is still under way may ask the old store.
            vertx.setTimer(CLOSING_GRACE.toMillis(), fired -> legacy.close());
        }
    }

    void followMigration(
            @Observes StartupEvent event,
            Migration.Configured configured,
            RedisRouter router,
            Clock clock,
            Vertx vertx) {
        configured.migration().ifPresent(migration -> new StateLoop(
                        migration.states(), migration.known(), migration.evidence(), router::masters, clock)
                .start(vertx));
    }

    @Produces
    @Singleton
    MigrationControl migrationControl(Migration.Configured configured, RedisTokenStore redis, Clock clock) {
        return new MigrationControl(configured
                .migration()
                .map(migration -> new MigrationControl.Parts(
                        migration.dial(),
                        new SharedBackfill(migration.states(), migration.ledger(), clock),
                        new ScanVerification(migration.legacy(), redis, Migration.SECOND_LOOK))));
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
                            expiry -> redis.importExpiry(expiry.token(), expiry.atMillis(), expiry.untilMillis()),
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
