package dev.tokencache;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.health.JournalHealth;
import dev.tokencache.health.RedisHealth;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationConfig;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.SharedMigrationDial;
import dev.tokencache.store.journal.CallLimits;
import dev.tokencache.store.journal.JournalConfig;
import dev.tokencache.store.journal.JournalMetrics;
import dev.tokencache.store.journal.JournalStatus;
import dev.tokencache.store.journal.JournalStorage;
import dev.tokencache.store.journal.JournaledTokenStore;
import dev.tokencache.store.journal.Replay;
import dev.tokencache.store.journal.ReplayLoop;
import dev.tokencache.store.metrics.MeteredTokenStore;
import dev.tokencache.store.metrics.VerdictCounter;
import dev.tokencache.store.migration.EvidenceCollector;
import dev.tokencache.store.migration.KnownState;
import dev.tokencache.store.migration.MigratingTokenStore;
import dev.tokencache.store.migration.Migration;
import dev.tokencache.store.migration.MigrationMetrics;
import dev.tokencache.store.migration.StateLoop;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.nearcache.NearCachedTokenStore;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisMigrationStates;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.store.redis.bus.RedisRevocationBus;
import dev.tokencache.store.redis.bus.RevocationChannel;
import dev.tokencache.store.redis.legacy.LegacyConnection;
import dev.tokencache.store.redis.router.RedisConnector;
import dev.tokencache.store.redis.router.RedisRouter;
import dev.tokencache.store.redis.router.RouterState;
import dev.tokencache.token.TokenConfig;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

/** Puts the service together: the one place that knows every part. Nobody imports it. */
final class Wiring {

    /** Longer than any call takes. */
    private static final Duration CLOSING_GRACE = Duration.ofSeconds(10);

    /** The innermost store. A call of it leaves the journal, or the old store, its part of the time. */
    @Produces
    @Singleton
    @Typed(RedisTokenStore.class)
    RedisTokenStore redisTokenStore(
            RedisRouter router,
            RedisConfig config,
            TokenConfig tokens,
            JournalStorage storage,
            LegacyConnection legacy,
            NearCacheConfig nearCache,
            Clock clock,
            MeterRegistry registry) {
        boolean isLate = storage.journal().isPresent() || legacy.store().isPresent();
        Duration timeout = isLate ? CallLimits.of(config.timeout()).store() : config.timeout();
        return new RedisTokenStore(
                router,
                new RedisStoreSettings(config.keyPrefix(), timeout, tokens.maxTtl(), isLate, nearCache.publish()),
                clock,
                VerdictCounter.ofReplicas(registry));
    }

    /** Listens only where there is something to forget: where a near cache is on. */
    @Produces
    @Singleton
    RedisRevocationBus revocationBus(
            Vertx vertx,
            RedisRouter router,
            RedisConnector connector,
            RedisConfig config,
            NearCacheConfig nearCache,
            Clock clock) {
        return new RedisRevocationBus(
                vertx, router, connector, new RevocationChannel(config.keyPrefix()), nearCache.maxSilence(), clock);
    }

    /**
     * Mutiny wraps each callback, so that it finds the CDI and transaction contexts of whoever made it. Nothing here uses
     * them behind a callback, and the wrapping is work on the way of every validation.
     */
    void callBackWithoutContexts(@Observes StartupEvent event) {
        Infrastructure.clearInterceptors();
    }

    void startBus(@Observes StartupEvent event, RedisRevocationBus bus, NearCacheConfig nearCache) {
        if (nearCache.isOn()) {
            bus.start();
        }
    }

    void stopBus(@Disposes RedisRevocationBus bus) {
        bus.close();
    }

    /** The chain of stores, from the innermost to the outermost. */
    @Produces
    @Singleton
    TokenStore tokenStore(
            RedisTokenStore redis,
            JournalStorage storage,
            Migration.Configured configured,
            RedisConfig config,
            MigrationConfig migrationConfig,
            RedisRevocationBus bus,
            NearCacheConfig nearCache,
            Clock clock,
            MeterRegistry registry) {
        TokenStore redisOrJournal = storage.journal()
                .map(journal -> JournaledTokenStore.wrap(redis, journal, clock, CallLimits.of(config.timeout())))
                .orElse(redis);
        TokenStore cluster = NearCachedTokenStore.wrap(
                redisOrJournal, bus, nearCache, configured.migration().isEmpty(), clock, System::nanoTime, registry);
        TokenStore store = configured
                .migration()
                .map(migration -> MigratingTokenStore.wrap(
                        cluster,
                        migration.legacy(),
                        migration.known(),
                        migration.evidence(),
                        new MigrationMetrics(registry, migration.known()),
                        new MigratingTokenStore.Settings(
                                config.timeout(), migrationConfig.maxConcurrentComparisons(), Migration.SECOND_LOOK),
                        clock))
                .orElse(cluster);
        return MeteredTokenStore.wrap(store, registry);
    }

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

    /** Brings what is in the journal to Redis, from the start on: it may be from before. */
    void startReplay(
            @Observes StartupEvent event,
            JournalStorage storage,
            RedisTokenStore redis,
            JournalConfig config,
            JournalMetrics metrics,
            Clock clock,
            Vertx vertx) {
        if (storage.journal().isPresent() && storage.backlog().isPresent()) {
            Replay replay = new Replay(storage.backlog().get(), redis, clock, metrics);
            new ReplayLoop(storage.journal().get(), replay, config.replayRate()).start(vertx);
        }
    }

    @Produces
    @Singleton
    TokenService tokenService(
            TokenStore store,
            TokenConfig config,
            Migration.Configured configured,
            Clock clock,
            MeterRegistry registry) {
        return new TokenService(
                store,
                config,
                clock,
                nonBlockingRandom(),
                VerdictCounter.ofAll(registry),
                configured.migration().isPresent());
    }

    @Produces
    @Singleton
    Callers callers(CallersConfig config) {
        return Callers.from(config);
    }

    @Produces
    @Singleton
    RedisHealth redisHealth(RedisRouter router) {
        return () -> {
            RouterState state = router.state();
            return new RedisHealth.Snapshot(
                    state.isClusterOk(),
                    state.slotsCovered(),
                    state.replicasPerMaster(),
                    state.nodes().size() - state.masters(),
                    state.nodesUp(),
                    state.openBreakers());
        };
    }

    @Produces
    @Singleton
    JournalHealth journalHealth(JournalStorage storage, JournalMetrics metrics) {
        return () -> {
            JournalStatus status = storage.status();
            JournalMetrics.Totals totals = metrics.totals();
            return new JournalHealth.Snapshot(
                    lowerCase(status.kind()),
                    lowerCase(status.state()),
                    status.entries(),
                    status.oldestAge().toSeconds(),
                    totals.replayed(),
                    totals.dropped(),
                    totals.failed());
        };
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    /** A generator that never waits for the system's entropy, since it is asked on event loops. */
    private static SecureRandom nonBlockingRandom() {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException notOnThisPlatform) {
            // Seeded once, by the system.
            return new SecureRandom();
        }
    }
}
