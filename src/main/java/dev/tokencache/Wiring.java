package dev.tokencache;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.identity.IdentityConfig;
import dev.tokencache.identity.SignedIdentities;
import dev.tokencache.journal.CallLimits;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.journal.JournaledRevocationBus;
import dev.tokencache.journal.JournaledTokenStore;
import dev.tokencache.journal.MissedTouches;
import dev.tokencache.logout.LogoutConfig;
import dev.tokencache.logout.LogoutIssuers;
import dev.tokencache.logout.LogoutProviders;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.store.ExpiryLimit;
import dev.tokencache.migration.store.MigratingTokenStore;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.migration.store.MigrationMetrics;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.VertxTime;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.connection.VertxEventLoops;
import dev.tokencache.seal.Seal;
import dev.tokencache.seal.SealConfig;
import dev.tokencache.store.metrics.MeteredTokenStore;
import dev.tokencache.store.metrics.VerdictCounter;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.nearcache.NearCachedTokenStore;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.store.revocation.RedisRevocationBus;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.store.revocation.RevocationChannel;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenConfig;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import dev.tokencache.warmup.Rehearsal;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
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
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Assembles the service: the only class that depends on every part. No class imports it. */
public final class Wiring {

    /** The innermost store. With a journal or an old store, it gets only a part of the time of a call. */
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
            Seal seal,
            Clock clock,
            MeterRegistry registry) {
        boolean isLate = storage.journal().isPresent() || legacy.store().isPresent();
        Duration timeout = isLate ? CallLimits.of(config.timeout()).store() : config.timeout();
        return new RedisTokenStore(
                router,
                new RedisStoreSettings(
                        config.keyPrefix(),
                        timeout,
                        tokens.maxTtl(),
                        isLate,
                        () -> legacy.store().isPresent() || storage.mayHaveEntries(),
                        nearCache.publish(),
                        seal),
                clock,
                VerdictCounter.ofReplicas(registry),
                storage.journal().<Consumer<Token>>map(MissedTouches::new).orElse(missed -> {}));
    }

    @Produces
    @Singleton
    RedisRevocationBus revocationBus(
            Vertx vertx, RedisRouter router, RedisConnector connector, RedisConfig config, Seal seal, Time time) {
        return new RedisRevocationBus(
                new VertxEventLoops(vertx, connector),
                time,
                router,
                connector,
                new RevocationChannel(config.keyPrefix(), seal));
    }

    /** Stops Mutiny from wrapping each callback with contexts that none uses: it slows down every validation. */
    void callBackWithoutContexts(@Observes StartupEvent event) {
        Infrastructure.clearInterceptors();
    }

    /** Without a near cache there is nothing to invalidate, so the bus does not listen. */
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
            TokenConfig tokens,
            JournalStorage storage,
            Migration.Configured configured,
            RedisConfig config,
            RedisRevocationBus bus,
            NearCacheConfig nearCache,
            Clock clock,
            Time time,
            MeterRegistry registry) {
        TokenStore cluster = NearCachedTokenStore.wrap(
                redisOrJournal(redis, storage, config, time),
                storage.journal()
                        .<RevocationBus>map(journal -> new JournaledRevocationBus(bus, journal::isEmpty))
                        .orElse(bus),
                nearCache,
                configured.migration().isEmpty(),
                config.timeout(),
                time,
                registry);
        TokenStore store = configured
                .migration()
                .<TokenStore>map(migration -> new MigratingTokenStore(
                        cluster,
                        migration.legacy(),
                        migration.known(),
                        migration.evidence(),
                        new MigrationMetrics(registry, migration.known()),
                        new MigratingTokenStore.Settings(
                                config.timeout(), Migration.RECHECK_DELAY, new ExpiryLimit(tokens.maxTtl(), clock)),
                        time))
                .orElse(cluster);
        return new MeteredTokenStore(store, time, registry);
    }

    private static TokenStore redisOrJournal(
            RedisTokenStore redis, JournalStorage storage, RedisConfig config, Time time) {
        return storage.journal()
                .<TokenStore>map(
                        journal -> new JournaledTokenStore(redis, journal, time, CallLimits.of(config.timeout())))
                .orElse(redis);
    }

    @Produces
    @Singleton
    Rehearsal rehearsal(
            TokenService tokens,
            Callers callers,
            RedisTokenStore redis,
            JournalStorage storage,
            RedisConfig config,
            NearCacheConfig nearCache,
            Time time,
            MeterRegistry registry) {
        return new Rehearsal(
                tokens,
                callers,
                redisOrJournal(redis, storage, config, time),
                nearCache,
                config.timeout(),
                time,
                registry);
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
    Seal seal(SealConfig config, MeterRegistry registry) {
        return Seal.from(config, registry);
    }

    @Produces
    @Singleton
    Callers callers(CallersConfig config) {
        return Callers.from(config);
    }

    @Produces
    @Singleton
    SignedIdentities.Configured identities(
            IdentityConfig config, @ConfigProperty(name = "tokencache.issuer") Optional<String> issuer, Clock clock) {
        return SignedIdentities.from(config, issuer, clock);
    }

    @Produces
    @Singleton
    LogoutIssuers logoutIssuers(LogoutConfig config, Vertx vertx, TlsConfigurationRegistry tls, Time time) {
        return LogoutProviders.from(config, vertx, tls, time);
    }

    /** At the start: a counter that appears with its first refusal has no rate in dashboards and alerts. */
    @Startup
    @Produces
    @Singleton
    RefusedCallers refusedCallers(MeterRegistry registry, Time time) {
        return new RefusedCallers(registry, time::nanoTime);
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

    /** A generator that never blocks on the system's entropy pool, because event loops call it. */
    private static SecureRandom nonBlockingRandom() {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException notOnThisPlatform) {
            // Not available on this platform: the default is seeded once by the system.
            return new SecureRandom();
        }
    }
}
