package dev.tokencache.migration;

import dev.tokencache.Wiring;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.state.RedisMigrationStates;
import dev.tokencache.migration.store.BackfillMetrics;
import dev.tokencache.migration.store.BackfillWorker;
import dev.tokencache.migration.store.EvidenceCollector;
import dev.tokencache.migration.store.ExpiryLimit;
import dev.tokencache.migration.store.KnownState;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.migration.store.StateLoop;
import dev.tokencache.migration.store.Verification;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.token.TokenConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Consumer;

/** Wires the parts of a migration, except the decorator in the chain of stores: {@link Wiring} adds that. */
final class MigrationWiring {

    /** Longer than any call. */
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(10);

    @Produces
    @Singleton
    Migration.Configured migration(
            LegacyConnection connection,
            RedisRouter router,
            RedisConfig redis,
            RedisTokenStore store,
            TokenConfig tokens,
            MigrationConfig config,
            Time time) {
        return new Migration.Configured(connection.store().map(legacy -> {
            RedisMigrationStates states = new RedisMigrationStates(router, redis.keyPrefix(), redis.timeout());
            EvidenceCollector evidence = new EvidenceCollector();
            KnownState known = new KnownState(time, state -> enter(state, legacy, evidence, time));
            ExpiryLimit limit = new ExpiryLimit(tokens.maxTtl(), time.clock());
            return new Migration(
                    legacy,
                    states,
                    known,
                    evidence,
                    new MigrationDial(states, config, tokens.maxTtl(), time.clock()),
                    new Backfill(states, time.clock()),
                    new Verification(legacy, store, Migration.RECHECK_DELAY, limit, time));
        }));
    }

    private static void enter(MigrationState state, LegacyStore legacy, EvidenceCollector evidence, Time time) {
        evidence.enter(state.window());
        if (state.phase().is(MigrationPhase.Step.DONE)) {
            // Calls in flight may still use the old store.
            time.schedule(CLOSING_GRACE, legacy::close);
        }
    }

    void followMigration(@Observes StartupEvent event, Migration.Configured configured, RedisRouter router, Time time) {
        configured.migration().ifPresent(migration -> new StateLoop(
                        migration.states(), migration.known(), migration.evidence(), router::masters, time)
                .start());
    }

    /** The backfill bypasses the journal: a copy can wait until the cluster is available again. */
    void startBackfill(
            @Observes StartupEvent event,
            Migration.Configured configured,
            RedisTokenStore redis,
            MeterRegistry registry,
            Time time,
            Vertx vertx) {
        configured.migration().ifPresent(migration -> {
            BackfillMetrics metrics = new BackfillMetrics(registry);
            Context loop = vertx.getOrCreateContext();
            backfill(migration, redis, metrics::observe, time).start(task -> loop.runOnContext(here -> task.run()));
        });
    }

    static BackfillWorker backfill(Migration migration, RedisTokenStore redis, Consumer<Shared> observer, Time time) {
        return new BackfillWorker(
                redis,
                expiry -> redis.importExpiry(expiry.token(), expiry.atMillis(), expiry.untilMillis()),
                migration.legacy(),
                migration.states(),
                observer,
                time);
    }
}
