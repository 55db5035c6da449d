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
     * @throws IllegalStateException unless Quarkus has created its client
     */
    RedisOptions options() {
        RedisOptions options = captured;
        if (options == null) {
            throw new IllegalStateException("Quarkus has not created its Redis client yet");
        }
        return options;
    }
}
