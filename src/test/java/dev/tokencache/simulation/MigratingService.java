package dev.tokencache.simulation;

import dev.tokencache.journal.CallLimits;
import dev.tokencache.migration.MigrationConfig;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.WiredMigration;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.store.ExpiryLimit;
import dev.tokencache.migration.store.MigratingTokenStore;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.migration.store.MigrationMetrics;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.Optional;

/** One run of a service instance with both stores of a migration, wired as in production. */
final class MigratingService {

    /**
     * When the migration may advance: a simulation has fewer calls than a site, and more differences, because its other programs
     * create sessions to the last.
     */
    private record Conditions(long minComparisons, double maxMismatchRate) implements MigrationConfig {}

    private static final MigrationConfig CONDITIONS = new Conditions(100, 0.5);

    private final SimulatedService service;
    private final Migration migration;

    MigratingService(
            SimulatedNetwork network, SimulatedCluster cluster, OldStore old, SimulatedProcess process, String host) {
        RedisSettings redis = RedisSettings.defaults();
        TokenSettings tokens = TokenSettings.usual();
        RedisConnector connector = new RedisConnector(
                new RedisOptions()
                        .setEndpoints(cluster.nodes().stream()
                                .map(node -> "redis://" + node.endpoint())
                                .toList()),
                redis,
                LogLabels.OWN);
        RedisRouter router = new RedisRouter(
                new SimulatedService.OneLoop(network, cluster, process, host),
                process,
                connector,
                redis,
                RouterEvents.NONE,
                Duration.ofSeconds(15),
                false);
        RedisTokenStore inCluster = new RedisTokenStore(
                router,
                new RedisStoreSettings(
                        redis.keyPrefix(), CallLimits.of(redis.timeout()).store(), tokens.maxTtl(), true, false),
                process.clock(),
                verdict -> {});
        LegacyConnection legacy = LegacyConnection.open(
                servers -> new SimulatedService.OneLoop(network, old.cluster(), process, host),
                new RedisOptions().setEndpoints(old.urls()),
                old,
                tokens,
                Seal.off(),
                refusal -> {},
                process);
        this.migration = WiredMigration.wire(legacy, router, redis, inCluster, tokens, CONDITIONS, process);
        TokenStore store = new MigratingTokenStore(
                inCluster,
                migration.legacy(),
                migration.known(),
                migration.evidence(),
                new MigrationMetrics(new SimpleMeterRegistry(), migration.known()),
                new MigratingTokenStore.Settings(
                        redis.timeout(), Migration.RECHECK_DELAY, new ExpiryLimit(tokens.maxTtl(), process.clock())),
                process);
        this.service = new SimulatedService(
                process,
                router,
                store,
                new TokenService(
                        store,
                        tokens,
                        process.clock(),
                        new SimulatedService.SeededRandom(process.random()),
                        verdict -> {},
                        true));
        router.start();
        WiredMigration.start(migration, router, inCluster, process, process);
    }

    SimulatedService service() {
        return service;
    }

    Migration migration() {
        return migration;
    }

    /** What the metrics of this instance report; empty until it has read the state. */
    Optional<MigrationState> state() {
        return migration.known().state();
    }
}
