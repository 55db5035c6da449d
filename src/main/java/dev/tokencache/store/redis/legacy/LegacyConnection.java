package dev.tokencache.store.redis.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.token.TokenConfig;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The old store, if one is configured. */
public final class LegacyConnection {

    private final Optional<LegacyStore> store;

    private LegacyConnection(Optional<LegacyStore> store) {
        this.store = store;
    }

    /** No old store. */
    static LegacyConnection none() {
        return new LegacyConnection(Optional.empty());
    }

    /**
     * Begins to connect; returns at once.
     *
     * @param options hosts, password and TLS
     * @throws IllegalArgumentException naming the property, if a setting makes no sense
     */
    public static LegacyConnection open(
            Vertx vertx, RedisOptions options, LegacyConfig config, TokenConfig tokens, Clock clock) {
        check(options.getEndpoints());
        KeyPattern pattern = KeyPattern.of(config.keyPattern());
        LegacyFormat format = LegacyFormat.of(config);
        LegacyKeys keys = new LegacyKeys(config.ownKeyPrefix());
        LegacyLink link =
                switch (config.clientType()) {
                    case STANDALONE -> new RouterLink(vertx, options, config, true);
                    case CLUSTER -> new RouterLink(vertx, options, config, false);
                    case SENTINEL -> new SentinelLink(vertx, options, config);
                };
        LegacyCommands commands = new LegacyCommands(link, keys, format, tokens.maxTtl());
        OldRecord records = new OldRecord(format, tokens.defaultTtl(), tokens.maxTtl());
        LegacyScan scan = new LegacyScan(link, commands, keys, pattern, records, clock);
        return new LegacyConnection(Optional.of(new RedisLegacyStore(commands, pattern, records, scan, link, clock)));
    }

    /** The router would name the other Redis' property. */
    private static void check(List<String> hosts) {
        for (String host : hosts) {
            try {
                URI uri = new URI(host.trim());
                if (uri.getHost() == null || !List.of("redis", "rediss").contains(String.valueOf(uri.getScheme()))) {
                    throw unusable();
                }
            } catch (URISyntaxException malformed) {
                throw unusable();
            }
        }
    }

    /** Neither the text nor a cause: they can hold a password. */
    private static IllegalArgumentException unusable() {
        return new IllegalArgumentException("tokencache.migration.legacy.hosts holds an entry that is not"
                + " redis://host:port or rediss://host:port");
    }

    public Optional<LegacyStore> store() {
        return store;
    }
}
