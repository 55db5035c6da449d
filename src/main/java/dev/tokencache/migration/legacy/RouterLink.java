package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection to a single server or a cluster, through its own router. */
final class RouterLink implements LegacyLink {

    static final LogLabels LABELS = new LogLabels(
            "Node of the old Redis unreachable; see tokencache_migration_errors_total",
            "Node of the old Redis reachable again",
            "Node of the old Redis",
            "tokencache.migration.legacy.",
            "tokencache.migration.legacy.password",
            "tokencache.migration.legacy.hosts");

    /** The settings of the router to the old Redis: it neither reads from replicas nor waits for them. */
    record Settings(LegacyConfig config) implements RouterConfig {

        /** How long the breaker of a node stays open before it lets a call probe the node. */
        static final Duration BREAKER_DELAY = Duration.ofSeconds(5);

        /** Calls beyond this number in flight fail immediately. */
        private static final int MAX_CALLS = 5000;

        private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

        @Override
        public int maxCalls() {
            return MAX_CALLS;
        }

        @Override
        public Duration timeout() {
            return config.timeout();
        }

        @Override
        public Duration commandTimeout() {
            return config.commandTimeout();
        }

        @Override
        public Duration connectTimeout() {
            return CONNECT_TIMEOUT;
        }
    }

    private final LegacyNetwork network;
    private final LegacyConfig config;
    private final RedisConnector connector;
    private final RedisRouter router;
    private final boolean isOneServer;

    RouterLink(LegacyNetwork network, RedisOptions options, LegacyConfig config, Time time, boolean standalone) {
        Settings settings = new Settings(config);
        this.network = network;
        this.config = config;
        this.isOneServer = standalone;
        this.connector = new RedisConnector(options, settings, LABELS);
        this.router = new RedisRouter(
                network.eventLoops(connector),
                time,
                connector,
                settings,
                RouterEvents.NONE,
                Settings.BREAKER_DELAY,
                standalone);
        router.start();
    }

    RedisRouter router() {
        return router;
    }

    @Override
    public Future<@Nullable Response> send(byte[] key, Request request) {
        return router.send(key, request, router.deadline(config.timeout())).map(RoutedReply::response);
    }

    @Override
    public boolean isOneServer() {
        return isOneServer;
    }

    @Override
    public List<Endpoint> masters() {
        return router.state().nodes().stream()
                .filter(RouterState.Node::isMaster)
                .map(RouterState.Node::endpoint)
                .toList();
    }

    @Override
    public Redis client(Endpoint node) {
        return network.client(connector, node);
    }

    @Override
    public void close() {
        router.close();
    }
}
