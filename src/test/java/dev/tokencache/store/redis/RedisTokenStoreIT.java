package dev.tokencache.store.redis;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStoreContract;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of {@code TokenStore}, on a real cluster. */
class RedisTokenStoreIT extends TokenStoreContract {

    private static RouterFixture redis;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final TokenStore store =
            new RedisTokenStore(redis.router(), redis.storeSettings(false), clock, verdict -> {});

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
