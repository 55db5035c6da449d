package dev.tokencache.testing;

import dev.tokencache.redis.VertxTime;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.connection.VertxEventLoops;
import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RouterMetrics;
import dev.tokencache.store.revocation.RedisRevocationBus;
import dev.tokencache.store.revocation.RevocationChannel;
import dev.tokencache.testing.cluster.TestCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A router connected to an embedded cluster, without Quarkus. */
public final class RouterFixture implements AutoCloseable {

    private static final int ALL_SLOTS = 16384;

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RedisConfig config;
    private final RedisConnector connector;
    private final RedisRouter router;

    private RouterFixture(RedisOptions options, RedisConfig config, boolean standalone) {
        this.config = config;
        this.connector = new RedisConnector(options, config, LogLabels.OWN);
        this.router = new RedisRouter(
                new VertxEventLoops(vertx, connector),
                new VertxTime(vertx),
                connector,
                config,
                new RouterMetrics(meters),
                Duration.ofSeconds(15),
                standalone);
        router.start();
    }

    /** A router that has found all of the cluster. */
    public static RouterFixture of(TestCluster cluster) {
        return of(cluster, RedisSettings.usual());
    }

    /** A router with these settings that has found all of the cluster. */
    public static RouterFixture of(TestCluster cluster, RedisConfig config) {
        RouterFixture fixture = of(List.of(cluster.hosts().split(",")), cluster.password(), config, false);
        fixture.awaitAllSlots();
        return fixture;
    }

    /** A router that has just started. */
    public static RouterFixture of(List<String> hosts, String password, RedisConfig config, boolean standalone) {
        return new RouterFixture(new RedisOptions().setEndpoints(hosts).setPassword(password), config, standalone);
    }

    public RedisRouter router() {
        return router;
    }

    /** Sends a command; the reply, null for nil. */
    public Future<Response> send(byte[] key, Request request) {
        return router.send(key, request, router.deadline(config.timeout())).map(RoutedReply::response);
    }

    /** Sends a read, which a replica may serve. */
    public Future<RoutedReply> read(byte[] key, Request request) {
        return router.read(key, request, router.deadline(config.timeout()));
    }

    /** Sends a write that must reach replicas. */
    public Future<RoutedReply> sendReplicated(byte[] key, Request request) {
        return router.writeReplicated(key, until -> request, router.deadline(config.timeout()));
    }

    public RedisConfig config() {
        return config;
    }

    /** Settings of a token store that uses this router. */
    public RedisStoreSettings storeSettings(boolean keepsExpiries) {
        return new RedisStoreSettings(config.keyPrefix(), config.timeout(), Duration.ofDays(30), keepsExpiries, true);
    }

    /** A bus that starts to listen. */
    public RedisRevocationBus bus() {
        RedisRevocationBus bus = new RedisRevocationBus(
                new VertxEventLoops(vertx, connector),
                new VertxTime(vertx),
                router,
                connector,
                new RevocationChannel(config.keyPrefix(), Seal.off()));
        bus.start();
        return bus;
    }

    public Vertx vertx() {
        return vertx;
    }

    /** The value of a router counter, such as {@code moved} for {@code tokencache_router_moved_total}. */
    public double counted(String name) {
        return meters.get("tokencache.router." + name).counter().count();
    }

    public void awaitAllSlots() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> router.state().slotsCovered() == ALL_SLOTS);
    }

    @Override
    public void close() {
        router.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
