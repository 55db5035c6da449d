package dev.tokencache;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.health.JournalHealth;
import dev.tokencache.health.MigrationHealth;
import dev.tokencache.health.RedisHealth;
import dev.tokencache.migration.MigrationControl;
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
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.store.redis.router.RedisRouter;
import dev.tokencache.store.redis.router.RouterState;
import dev.tokencache.token.TokenConfig;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
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

    /** The innermost store. A call of it leaves the journal its part of the time. */
    @Produces
    @Singleton
    @Typed(RedisTokenStore.class)
    RedisTokenStore redisTokenStore(
            RedisRouter router,
            RedisConfig config,
            TokenConfig tokens,
            JournalStorage storage,
            Clock clock,
            MeterRegistry registry) {
        boolean hasJournal = storage.journal().isPresent();
        Duration timeout = hasJournal ? CallLimits.of(config.timeout()).store() : config.timeout();
        return new RedisTokenStore(
                router,
                new RedisStoreSettings(config.keyPrefix(), timeout, tokens.maxTtl(), hasJournal),
                clock,
                VerdictCounter.ofReplicas(registry));
    }

    /** The chain of stores, from the innermost to the outermost. */
    @Produces
    @Singleton
    TokenStore tokenStore(
            RedisTokenStore redis, JournalStorage storage, RedisConfig config, Clock clock, MeterRegistry registry) {
        TokenStore store = storage.journal()
                .map(journal -> JournaledTokenStore.wrap(redis, journal, clock, CallLimits.of(config.timeout())))
                .orElse(redis);
        return MeteredTokenStore.wrap(store, registry);
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
    TokenService tokenService(TokenStore store, TokenConfig config, Clock clock, MeterRegistry registry) {
        return new TokenService(store, config, clock, nonBlockingRandom(), VerdictCounter.ofAll(registry));
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

    @Produces
    @Singleton
    MigrationControl migrationControl() {
        return MigrationControl.OFF;
    }

    @Produces
    @Singleton
    MigrationHealth migrationHealth() {
        return MigrationHealth.OFF;
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
