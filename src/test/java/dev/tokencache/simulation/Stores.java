package dev.tokencache.simulation;

import dev.tokencache.journal.JournaledRevocationBus;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.TokenStore;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Makes the chain of stores for one run of an instance, as {@code Wiring} does. */
@FunctionalInterface
interface Stores {

    /**
     * @param isReady whether the start is over, so that callers may call the instance
     * @param isJournalEmpty as {@link JournaledRevocationBus} needs it
     */
    record Chain(TokenStore store, BooleanSupplier isReady, BooleanSupplier isJournalEmpty) {}

    Chain chain(RedisRouter router, SimulatedProcess process, RedisSettings settings);

    /** The Redis store alone. */
    static Chain redisOnly(RedisRouter router, SimulatedProcess process, RedisSettings settings) {
        RedisTokenStore redis = new RedisTokenStore(
                router,
                new RedisStoreSettings(settings.keyPrefix(), settings.timeout(), Duration.ofDays(30), false, true),
                process.clock(),
                verdict -> {});
        return new Chain(redis, () -> true, () -> true);
    }
}
