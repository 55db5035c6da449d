package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A connection to a single server or a cluster, through its own router. */
public record RouterLink(EventLoops loops, RedisRouter router, Duration timeout) implements LegacyLink {

    static final LogLabels LABELS = new LogLabels(
            "Node of the old Redis unreachable; see tokencache_migration_errors_total",
            "Node of the old Redis reachable again",
            "Node of the old Redis",
            "tokencache.migration.legacy.",
            "tokencache.migration.legacy.password",
            "tokencache.migration.legacy.hosts");

    /** How long the breaker of a node stays open before it lets a call probe the node. */
    private static final Duration BREAKER_DELAY = Duration.ofSeconds(5);

    /** Calls beyond this number in flight fail immediately. */
    private static final int MAX_CALLS = 5000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    /** The settings of a router that neither reads from replicas nor waits for them. */
    private record Settings(int maxCalls, Duration timeout, Duration commandTimeout, Duration connectTimeout)
            implements RouterConfig {}

    /** Starts to connect, and returns immediately. */
    static RouterLink open(
            Function<RedisConnector, EventLoops> network,
            RedisOptions options,
            LegacyConfig config,
            Time time,
            boolean standalone) {
        RouterConfig settings = settings(config);
        RedisConnector connector = new RedisConnector(options, settings, LABELS);
        EventLoops loops = network.apply(connector);
        RedisRouter router =
                new RedisRouter(loops, time, connector, settings, RouterEvents.NONE, BREAKER_DELAY, standalone);
        router.start();
        return new RouterLink(loops, router, config.timeout());
    }

    static RouterConfig settings(LegacyConfig config) {
        return new Settings(MAX_CALLS, config.timeout(), config.commandTimeout(), CONNECT_TIMEOUT);
    }

    @Override
    public Future<@Nullable Response> send(byte[] key, Request request) {
        return router.send(key, request, router.deadline(timeout)).map(RoutedReply::response);
    }

    @Override
    public List<Endpoint> masters() {
        return List.copyOf(router.masters());
    }

    @Override
    public NodeLink scanLink(Endpoint node) {
        return loops.link(node);
    }

    @Override
    public void close() {
        router.close();
    }
}
