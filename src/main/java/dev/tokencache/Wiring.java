package dev.tokencache;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.health.RedisHealth;
import dev.tokencache.journal.CallLimits;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.journal.JournaledTokenStore;
import dev.tokencache.migration.MigrationConfig;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.store.MigratingTokenStore;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.migration.store.MigrationMetrics;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.VertxTime;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.store.metrics.MeteredTokenStore;
import dev.tokencache.store.metrics.VerdictCounter;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.nearcache.NearCachedTokenStore;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.store.revocation.RedisRevocationBus;
import dev.tokencache.store.revocation.RevocationChannel;
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

/** Puts the service together: the one place that knows every part. Nobody imports it. */
public final class Wiring {

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
    Time time(Vertx vertx) {
        return new VertxTime(vertx);
    }

    @Produces
    @Singleton
    Clock clock(Time time) {
        return time.clock();
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
