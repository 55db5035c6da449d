package dev.tokencache.store.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Copies the options that Quarkus derives from {@code quarkus.redis.*}, so hosts, password, TLS, proxy and socket settings
 * have their usual meaning. Quarkus' own client is never used and opens no connection.
 */
@Singleton
final class RedisOptionsCapture implements RedisOptionsCustomizer {

    private static final String DEFAULT_CLIENT = "<default>";

    private volatile @Nullable RedisOptions captured;

    @Override
    public void customize(String clientName, RedisOptions options) {
        if (clientName.equals(DEFAULT_CLIENT)) {
            captured = new RedisOptions(options);
        }
    }

    /** The options. Throws {@link IllegalArgumentException}, naming the property, if no host is configured. */
    RedisOptions options() {
        RedisOptions options = captured;
        if (options == null) {
            throw new IllegalArgumentException("quarkus.redis.hosts is not set: the service needs a Redis Cluster");
        }
        return options;
    }
}
