package dev.tokencache;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.health.JournalHealth;
import dev.tokencache.health.RedisHealth;
import dev.tokencache.store.journal.JournalMetrics;
import dev.tokencache.store.journal.JournalStatus;
import dev.tokencache.store.journal.JournalStorage;
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
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;

/** Puts the service together: the one place that knows every part. Nobody imports it. */
final class Wiring {

    /** The chain of stores, the outermost first. */
    @Produces
    @Singleton
    TokenStore tokenStore(
            RedisRouter router, RedisConfig config, TokenConfig tokens, Clock clock, MeterRegistry registry) {
        return MeteredTokenStore.wrap(
                new RedisTokenStore(
                        router,
                        new RedisStoreSettings(config.keyPrefix(), config.timeout(), tokens.maxTtl(), false),
                        clock,
                        VerdictCounter.ofReplicas(registry)),
                registry);
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
