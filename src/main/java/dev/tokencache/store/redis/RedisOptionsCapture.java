package dev.tokencache.store.redis;

import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/**
 * Takes a copy of the options that Quarkus makes of {@code quarkus.redis.*} when it creates its own client, so that
 * hosts, password, TLS, proxy and socket settings mean here what they mean everywhere. Quarkus' client itself is never
 * used, and opens no connection.
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

    /**
     * The options.
     *
     * @throws IllegalArgumentException naming the property, if there is none of the hosts for which Quarkus creates a
     *     client
     */
    RedisOptions options() {
        RedisOptions options = captured;
        if (options == null) {
            throw new IllegalArgumentException("quarkus.redis.hosts is not set: there is no Redis to keep tokens in");
        }
        return options;
    }
}
