package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.cli.Retry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.legacy.LegacyConnection;
import dev.tokencache.migration.legacy.RouterLink;
import dev.tokencache.migration.store.PageCopier;
import dev.tokencache.migration.store.TokenCopier;
import dev.tokencache.operator.instances.Beat;
import dev.tokencache.operator.instances.Heartbeats;
import dev.tokencache.operator.instances.Load;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.operator.nodes.NodeOptions;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.ShardState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.VertxTime;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.connection.VertxEventLoops;
import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.RedisKeys;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Blocking access to a cluster, or a single server, by this project's router, with an event loop of its own. */
final class ClusterConnection implements AutoCloseable {

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);

    /** Longer than a failover takes. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Of clocks, as the service tolerates between instances. */
    private static final Duration MAX_SKEW = Duration.ofSeconds(5);

    private static final int MAX_CALLS = 5000;
    private static final int ALL_SLOTS = 16384;

    private record Settings(int maxCalls, Duration timeout, Duration commandTimeout, Duration connectTimeout)
            implements RouterConfig {}

    private final Vertx vertx;
    private final Time time;
    private final RedisConnector connector;
    private final VertxEventLoops loops;
    private final RedisKeys keys;
    private final RedisStoreSettings store;
    private @Nullable RedisRouter router;

    private ClusterConnection(NodeOptions options, Seal seal, Duration maxTtl) {
        List<Endpoint> nodes = options.nodes();
        if (nodes.isEmpty()) {
            throw ExitCode.USAGE.failure("--host must name some nodes of the cluster");
        }
        this.connector = options.login().connector(nodes, COMMAND_TIMEOUT);
        try {
            this.keys = new RedisKeys(options.keyPrefix());
        } catch (IllegalArgumentException invalid) {
            throw ExitCode.USAGE.failure("--key-prefix: " + invalid.getMessage());
        }
        this.store = new RedisStoreSettings(options.keyPrefix(), TIMEOUT, maxTtl, true, false).with(seal);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
        this.time = new VertxTime(vertx);
        this.loops = new VertxEventLoops(vertx, connector);
    }

    /** Connects. Fails unless all slots are served, and the clocks of this machine and of Redis agree. */
    static ClusterConnection open(NodeOptions options, Seal seal, Duration maxTtl) {
        ClusterConnection connection = new ClusterConnection(options, seal, maxTtl);
        try {
            connection.start(options.nodes());
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    private void start(List<Endpoint> nodes) {
        boolean isStandalone;
        try (NodeClients clients = new NodeClients(vertx, connector, COMMAND_TIMEOUT)) {
            Endpoint node = reachable(clients, nodes);
            isStandalone =
                    await(clients.send(node, "CLUSTER", "INFO").map(false).recover(failure -> {
                        boolean isAnswer = failure instanceof NodeClients.Failure known
                                && known.code().equals("ERR");
                        return isAnswer ? Future.succeededFuture(true) : Future.failedFuture(failure);
                    }));
        }
        Settings settings = new Settings(MAX_CALLS, TIMEOUT, COMMAND_TIMEOUT, COMMAND_TIMEOUT);
        RedisRouter started =
                new RedisRouter(loops, time, connector, settings, RouterEvents.NONE, COMMAND_TIMEOUT, isStandalone);
        router = started;
        started.start();
        long until = System.nanoTime() + TIMEOUT.toNanos();
        while (!isWhole(started)) {
            if (System.nanoTime() > until) {
                throw ExitCode.UNAVAILABLE.failure("the cluster does not serve all slots: "
                        + started.state().slotsCovered() + " of " + ALL_SLOTS);
            }
            Retry.sleep(Duration.ofMillis(50));
        }
    }

    private static boolean isWhole(RedisRouter router) {
        return router.isSettled()
                && router.state().isClusterOk()
                && router.state().slotsCovered() == ALL_SLOTS;
    }

    private Endpoint reachable(NodeClients clients, List<Endpoint> nodes) {
        String reason = "";
        for (Endpoint node : nodes) {
            try {
                checkClock(await(clients.send(node, "TIME")));
                return node;
            } catch (NodeClients.Failure failure) {
                reason = String.valueOf(failure.getMessage());
            }
        }
        boolean isRefused = reason.contains("password") || reason.contains("NOPERM");
        throw (isRefused ? ExitCode.DENIED : ExitCode.UNAVAILABLE).failure("no node can be read: " + reason);
    }

    /** Tokens end by the clock of this machine: one that is ahead would lose live tokens. */
    private void checkClock(Response reply) {
        long ahead = time.clock().millis()
                - reply.get(0).toLong() * 1000
                - reply.get(1).toLong() / 1000;
        if (Math.abs(ahead) > MAX_SKEW.toMillis()) {
            throw ExitCode.NO.failure("the clock of this machine is " + Math.abs(ahead) / 1000 + " s "
                    + (ahead > 0 ? "ahead of" : "behind") + " the clock of Redis");
        }
    }

    private RedisRouter router() {
        return Objects.requireNonNull(router);
    }

    Time time() {
        return time;
    }

    LegacyStore source() {
        return LegacyConnection.ofTokenCache(new RouterLink(loops, router(), TIMEOUT), store, time);
    }

    PageCopier target() {
        RedisTokenStore cluster = new RedisTokenStore(router(), store, time.clock(), fromReplica -> {});
        return new PageCopier(
                new TokenCopier(cluster),
                expiry -> cluster.importExpiry(expiry.token(), expiry.atMillis(), expiry.untilMillis()));
    }

    /** The slots of each shard, regardless of its master. */
    String slots() {
        return router().shards().stream().map(ShardState::slots).sorted().collect(Collectors.joining(" "));
    }

    /** The instances of the service that run on this cluster. */
    List<String> instances() {
        Heartbeats heartbeats = new Heartbeats(router(), time, keys.instances(), "", "", Map::of, () -> Load.NONE);
        return await(heartbeats.running()).stream().map(Beat::id).toList();
    }

    /** How far an import has come, as {@link #saveImport} has stored it. */
    Optional<String> readImport() {
        return Optional.ofNullable(send(Request.cmd(Command.GET).arg(keys.imports())))
                .map(Response::toString);
    }

    void saveImport(String progress, Duration ttl) {
        send(Request.cmd(Command.SET)
                .arg(keys.imports())
                .arg(progress)
                .arg("PX")
                .arg(ttl.toMillis()));
    }

    void deleteImport() {
        send(Request.cmd(Command.DEL).arg(keys.imports()));
    }

    private @Nullable Response send(Request request) {
        return await(router().send(keys.imports(), request, router().deadline(TIMEOUT)))
                .response();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof NodeClients.Failure known
                    ? known
                    : ExitCode.UNAVAILABLE.failure("Redis does not reply");
        }
    }

    @Override
    public void close() {
        if (router != null) {
            router.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
