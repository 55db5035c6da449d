package dev.tokencache.store.redis.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.token.TokenConfig;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
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
        LegacyConfigRules.check(config);
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

    public Optional<LegacyStore> store() {
        return store;
    }
}
