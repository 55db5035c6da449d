package dev.tokencache.migration;

import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.store.Migration;
import dev.tokencache.migration.store.StateLoop;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.token.TokenConfig;
import java.util.concurrent.Executor;

/** A migration with the wiring of production, for tests without Quarkus. */
public final class WiredMigration {

    private WiredMigration() {}

    public static Migration wire(
            LegacyConnection connection,
            RedisRouter router,
            RedisConfig redis,
            RedisTokenStore store,
            TokenConfig tokens,
            MigrationConfig config,
            Time time) {
        return new MigrationWiring()
                .migration(connection, router, redis, store, tokens, config, time)
                .migration()
                .orElseThrow();
    }

    /** Starts to follow the shared state, and to run backfills. */
    public static void start(
            Migration migration, RedisRouter router, RedisTokenStore store, Time time, Executor eventLoop) {
        new StateLoop(migration.states(), migration.known(), migration.evidence(), router::masters, time).start();
        MigrationWiring.backfill(migration, store, shared -> {}, time).start(eventLoop);
    }
}
