package dev.tokencache.redis.command;

import dev.tokencache.redis.RouteException;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import dev.tokencache.testing.cluster.TestCluster;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One instance is cut off from masters that work, and that other instances reach. */
class CutOffRouterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int READS = 3;

    private final TestCluster cluster = RedisClusterResource.cluster();
    private final String key = "cut-off-it:" + UUID.randomUUID();
    /** For each master's port a proxy, through which the router reaches it. */
    private final Map<Integer, TcpFaultProxy> masters = new LinkedHashMap<>();

    private RouterFixture redis;

    @BeforeEach
    void connectThroughProxies() {
        cluster.heal();
        cluster.nodes().stream()
                .filter(node -> !cluster.replicasOf(node).isEmpty())
                .forEach(master -> masters.put(master.port(), TcpFaultProxy.to(master.port())));
        redis = RouterFixture.of(
                cluster,
                RedisSettings.usual()
                        .withAddressMap(masters.entrySet().stream()
                                .map(entry -> "127.0.0.1:" + entry.getKey() + "=127.0.0.1:"
                                        + entry.getValue().port())
                                .toList()));
        await(redis.send(bytes(key), Request.cmd(Command.SET, key, "1")));
        assertThat(await(read()).isFromReplica()).isFalse();
        Awaitility.await().atMost(PATIENCE).until(() -> redis.router().readReplicas() == masters.size());
    }

    @AfterEach
    void disconnect() {
        redis.close();
        masters.values().forEach(TcpFaultProxy::close);
        cluster.heal();
    }

    @Test
    void shouldNotReadFromTheReplicaOfAMasterThatOthersMayWriteTo() {
        TcpFaultProxy master = masters.get(master());
        master.cut();

        for (int i = 0; i < READS; i++) {
            assertThatThrownBy(() -> await(read())).hasCauseInstanceOf(RouteException.class);
        }

        master.mend();
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> !await(read())
                .isFromReplica());
    }

    @Test
    void shouldNotTrustAMasterThatTheOthersMayHaveReplaced() {
        List<TcpFaultProxy> others = masters.entrySet().stream()
                .filter(entry -> entry.getKey() != master())
                .map(Map.Entry::getValue)
                .toList();
        others.forEach(TcpFaultProxy::cut);

        Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> read().toCompletionStage()
                .toCompletableFuture()
                .handle((reply, failure) -> failure != null)
                .join());

        others.forEach(TcpFaultProxy::mend);
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> "1"
                .equals(await(read()).response().toString()));
    }

    private int master() {
        return cluster.masterOf(cluster.slotOf(key)).port();
    }

    private Future<RoutedReply> read() {
        return redis.read(bytes(key), Request.cmd(Command.GET, key));
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
