package dev.tokencache.migration.legacy;

import dev.tokencache.http.PercentEncoding;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.Refusal;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.RedisKeys;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.token.TokenConfig;
import io.vertx.redis.client.RedisOptions;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The connection to the old store, if one is configured. */
public record LegacyConnection(Optional<LegacyStore> store) {

    /**
     * Starts to connect, and returns immediately. Throws {@link IllegalArgumentException}, naming the property, if a setting is
     * invalid.
     *
     * @param network the way to the servers of a connector
     * @param seal seals sidecar records, and opens the records of another token-cache
     * @param refusals gets the reason for each record that cannot be a token; must not block
     */
    public static LegacyConnection open(
            Function<RedisConnector, EventLoops> network,
            RedisOptions options,
            LegacyConfig config,
            TokenConfig tokens,
            Seal seal,
            Consumer<Refusal> refusals,
            Time time) {
        LegacyConfigRules.check(config, tokens.foreign());
        if (config.clientType() != LegacyConfig.ClientType.SENTINEL) {
            options.setEndpoints(options.getEndpoints().stream()
                    .map(host -> withUser(host.trim(), config))
                    .toList());
        }
        LegacyLink link =
                switch (config.clientType()) {
                    case STANDALONE -> RouterLink.open(network, options, config, time, true);
                    case CLUSTER -> RouterLink.open(network, options, config, time, false);
                    case SENTINEL -> new SentinelLink(network, options, config, time);
                };
        return new LegacyConnection(Optional.of(
                link instanceof RouterLink router && config.format() == LegacyConfig.Format.TOKEN_CACHE
                        ? own(router, config, tokens, seal, time)
                        : ofOthers(link, config, tokens, seal, refusals, time)));
    }

    /** The URL with the configured user, if any: the client takes a user from nowhere else. */
    static String withUser(String url, LegacyConfig config) {
        if (config.username().isEmpty()) {
            return url;
        }
        int host = url.indexOf("://") + 3;
        String user = PercentEncoding.encode(config.username().get());
        String password = PercentEncoding.encode(config.password().orElse(""));
        return url.substring(0, host) + user + ":" + password + "@" + url.substring(host);
    }

    private static LegacyStore ofOthers(
            LegacyLink link,
            LegacyConfig config,
            TokenConfig tokens,
            Seal seal,
            Consumer<Refusal> refusals,
            Time time) {
        Clock clock = time.clock();
        KeyPattern pattern = KeyPattern.of(config.keyPattern());
        LegacyFormat format = LegacyFormat.of(config);
        LegacyKeys keys = new LegacyKeys(config.ownKeyPrefix());
        LegacyCommands commands = new LegacyCommands(link, keys, format, tokens.maxTtl(), seal);
        LegacyRecordMapper records = new LegacyRecordMapper(format, tokens.defaultTtl(), tokens.maxTtl());
        LegacyLookup lookup = new LegacyLookup(commands, pattern, records, refusals, clock);
        LegacyScan scan = new LegacyScan(link, new PatternPages(pattern, keys, lookup), time);
        return new RedisLegacyStore(commands, pattern, lookup, scan, link, clock);
    }

    /** Publishes revocations too: instances that do not know of the migration yet may have cached verdicts. */
    private static LegacyStore own(RouterLink link, LegacyConfig config, TokenConfig tokens, Seal seal, Time time) {
        Seal ofOther = seal.ofOther("tokencache.migration.legacy.seal-key", config.sealKey());
        return ofTokenCache(
                link,
                new RedisStoreSettings(config.keyPrefix(), config.timeout(), tokens.maxTtl(), true, true).with(ofOther),
                time);
    }

    /** The data of a token-cache that a router leads to. */
    public static LegacyStore ofTokenCache(RouterLink link, RedisStoreSettings settings, Time time) {
        Clock clock = time.clock();
        RedisTokenStore store = new RedisTokenStore(link.router(), settings, clock, fromReplica -> {});
        OwnPages pages =
                new OwnPages(link, new RedisKeys(settings.keyPrefix()), settings.seal(), settings.maxTtl(), clock);
        return new OwnLegacyStore(store, pages, new LegacyScan(link, pages, time), link, clock);
    }
}
