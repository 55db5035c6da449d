package dev.tokencache.redis.command;

import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouteException;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The router on a real cluster: redirections, foreign nodes, logins. {@code SimulatedRouterTest} has nodes that fail. */
class RedisRouterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int COMMANDS_PER_ITERATION = 400;

    private final TestCluster cluster = RedisClusterResource.cluster();
    private RouterFixture redis;

    @BeforeEach
    void connect() {
        cluster.heal();
        redis = RouterFixture.of(cluster);
    }

    @AfterEach
    void disconnect() {
        redis.close();
        cluster.heal();
    }

    @Test
    void shouldComputeTheSameSlotAsRedis() {
        try (RespClient node = cluster.nodes().get(0).connect()) {
            for (String key : List.of("", "{}", "{a", "a}", "x{a}y{b}", "{{a}}", "é{ü}", "tc:{AbCdEfGhIjKlMnOp}")) {
                assertThat(HashSlot.of(bytes(key))).as(key).isEqualTo((int) node.number("CLUSTER", "KEYSLOT", key));
            }
        }
    }

    @Test
    void shouldSendEachCommandToTheMasterOfItsSlot() {
        List<String> keys = IntStream.range(0, 500).mapToObj(i -> fresh()).toList();

        keys.forEach(key -> set(key, "value of " + key));

        assertThat(keys).allSatisfy(key -> assertThat(get(key)).isEqualTo("value of " + key));
        assertThat(redis.counted("moved")).isZero();
    }

    @Test
    void shouldMatchRepliesToCommandsAndPreserveTheOrderOfAnEventLoop() {
        List<String> keys = IntStream.range(0, 1000).mapToObj(i -> fresh()).toList();
        List<Future<Response>> replies = new CopyOnWriteArrayList<>();
        redis.vertx().runOnContext(here -> {
            for (String key : keys) {
                redis.send(bytes(key), Request.cmd(Command.SET, key, key));
                replies.add(redis.send(bytes(key), Request.cmd(Command.GET, key)));
            }
        });
        Awaitility.await().atMost(PATIENCE).until(() -> replies.size() == keys.size());

        await(Future.all(replies));

        assertThat(replies).extracting(reply -> reply.result().toString()).isEqualTo(keys);
    }

    @Test
    void shouldFlushTheCommandsOfOneEventLoopIterationTogether() {
        String key = fresh();
        set(key, "1");
        List<Future<Response>> replies = new CopyOnWriteArrayList<>();
        try (RespClient master = cluster.masterOf(cluster.slotOf(key)).connect()) {
            long before = readsOf(master);
            redis.vertx().runOnContext(here -> {
                for (int i = 0; i < COMMANDS_PER_ITERATION; i++) {
                    replies.add(redis.send(bytes(key), Request.cmd(Command.GET, key)));
                }
            });
            Awaitility.await().atMost(PATIENCE).until(() -> replies.size() == COMMANDS_PER_ITERATION);
            await(Future.all(replies));

            // Heartbeats, topology refreshes and this test itself cause the rest.
            assertThat(readsOf(master) - before).isLessThan(COMMANDS_PER_ITERATION / 4);
        }
    }

    /** How often the node has read from its sockets. */
    private static long readsOf(RespClient node) {
        return node.text("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith("total_reads_processed:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldShareOneWaitAmongManyWrites() {
        String key = fresh();
        try (RouterFixture careful =
                RouterFixture.of(cluster, RedisSettings.usual().withMinReplicas(1))) {
            List<Future<RoutedReply>> writes = IntStream.range(0, 2000)
                    .mapToObj(i -> careful.sendReplicated(bytes(key), Request.cmd(Command.SADD, key, "" + i)))
                    .toList();

            writes.forEach(write -> assertThat(await(write).isReplicated()).isTrue());

            assertThat(await(careful.send(bytes(key), Request.cmd(Command.SCARD, key)))
                            .toInteger())
                    .isEqualTo(2000);
        }
    }

    @Test
    void shouldFollowASlotDuringAndAfterItsMigration() {
        String tag = fresh();
        String old = "{" + tag + "}old";
        set(old, "1");
        int slot = cluster.slotOf(tag);
        TestNode source = cluster.masterOf(slot);
        TestNode target = anotherMaster(source);
        try (RespClient from = source.connect();
                RespClient to = target.connect()) {
            to.text("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", cluster.idOf(source));
            from.text("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", cluster.idOf(target));

            // The old key is still at the source; a new key must be created at the target.
            String fresh = "{" + tag + "}new";
            set(fresh, "2");
            assertThat(redis.counted("ask")).isPositive();
            assertThat(get(old)).isEqualTo("1");
            assertThat(get(fresh)).isEqualTo("2");
            assertThat(redis.counted("moved")).isZero();

            from.text("MIGRATE", "127.0.0.1", "" + target.port(), old, "0", "5000", "AUTH", cluster.password());
            assertThat(get(old)).isEqualTo("1");
            for (TestNode node : List.of(target, source)) {
                try (RespClient told = node.connect()) {
                    told.text("CLUSTER", "SETSLOT", "" + slot, "NODE", cluster.idOf(target));
                }
            }
            assertThat(get(old)).isEqualTo("1");
            assertThat(get(fresh)).isEqualTo("2");
            // Restores the layout of the shared cluster.
            from.text("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", cluster.idOf(target));
            to.text("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", cluster.idOf(source));
            for (String key : List.of(old, fresh)) {
                to.text("MIGRATE", "127.0.0.1", "" + source.port(), key, "0", "5000", "AUTH", cluster.password());
            }
            for (TestNode node : List.of(source, target)) {
                try (RespClient told = node.connect()) {
                    told.text("CLUSTER", "SETSLOT", "" + slot, "NODE", cluster.idOf(source));
                }
            }
            assertThat(get(old)).isEqualTo("1");
            assertThat(get(fresh)).isEqualTo("2");
        }
    }

    @Test
    void shouldDiscoverTheClusterFromOneSeed() {
        try (RouterFixture one = RouterFixture.of(
                List.of("redis://127.0.0.1:" + cluster.nodes().get(3).port()),
                cluster.password(),
                RedisSettings.usual(),
                false)) {
            one.awaitAllSlots();

            assertThat(one.router().state().nodes()).hasSize(6);
        }
    }

    @Test
    void shouldFollowANodeThatRestartsAtAnotherAddress() {
        ClusterSpec withoutReplicas = ClusterSpec.ofSixNodes("moving").withNodes(3, 0);
        try (TestCluster three = TestCluster.start(withoutReplicas);
                RouterFixture own = RouterFixture.of(three)) {
            String key = fresh();
            TestNode before = three.masterOf(three.slotOf(key));

            TestNode after = three.moveNode(before);

            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> await(own.send(bytes(key), Request.cmd(Command.SET, key, "1"))) != null);
            assertThat(own.router().state().nodes())
                    .extracting(node -> node.endpoint().port())
                    .contains(after.port())
                    .doesNotContain(before.port())
                    .hasSize(3);
        }
    }

    @Test
    void shouldLoseOnlyTheSlotsOfANodeThatReturnsEmpty() {
        ClusterSpec withoutReplicas =
                ClusterSpec.ofSixNodes("empty").withNodes(3, 0).withNodeTimeout(Duration.ofSeconds(1));
        try (TestCluster three = TestCluster.start(withoutReplicas);
                RouterFixture own = RouterFixture.of(three)) {
            TestNode victim = three.nodes().get(0);
            List<String> keys = Stream.generate(RedisRouterIT::fresh)
                    .limit(30)
                    .filter(key -> three.masterOf(three.slotOf(key)).port() != victim.port())
                    .toList();
            keys.forEach(key -> await(own.send(bytes(key), Request.cmd(Command.SET, key, "1"))));
            String lost = Stream.generate(RedisRouterIT::fresh)
                    .filter(key -> three.masterOf(three.slotOf(key)).port() == victim.port())
                    .findFirst()
                    .orElseThrow();

            victim.restartAsStranger();
            awaitForgottenAddress(three, victim);

            try (RouterFixture late = RouterFixture.of(
                    List.of(three.hosts().split(",")), three.password(), RedisSettings.usual(), false)) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> late.router().masters().size() == 2);
                for (RouterFixture router : List.of(own, late)) {
                    assertThat(keys)
                            .allSatisfy(key -> assertThat(get(router, key)).isEqualTo("1"));
                    assertThatThrownBy(() -> get(router, lost)).hasCauseInstanceOf(RouteException.class);
                }
            }
        }
    }

    /** Waits until the other nodes have noticed that another node replies at the address. */
    private static void awaitForgottenAddress(TestCluster nodes, TestNode victim) {
        for (TestNode node : nodes.nodes()) {
            if (node.port() != victim.port()) {
                try (RespClient client = node.connect()) {
                    Awaitility.await().atMost(PATIENCE).until(() -> client.text("CLUSTER", "NODES")
                            .contains("noaddr"));
                }
            }
        }
    }

    @Test
    void shouldUseThePasswordAndTheUserOfTheUrl() {
        String url = "redis://default:" + cluster.password() + "@127.0.0.1:"
                + cluster.nodes().get(0).port();
        try (RouterFixture byUrl = RouterFixture.of(List.of(url), null, RedisSettings.usual(), false)) {
            byUrl.awaitAllSlots();
            String key = fresh();
            await(byUrl.send(bytes(key), Request.cmd(Command.SET, key, "1")));

            assertThat(get(key)).isEqualTo("1");
        }
    }

    @Test
    void shouldNotRevealAWrongPasswordOrAnAddress() {
        try (RouterFixture wrong = RouterFixture.of(
                List.of(cluster.hosts().split(",")), "not-the-password", RedisSettings.usual(), false)) {
            assertThatThrownBy(() -> await(wrong.send(bytes("a"), Request.cmd(Command.GET, "a"))))
                    .hasCauseInstanceOf(RouteException.class)
                    .hasMessageNotContaining("not-the-password")
                    .hasMessageNotContaining("127.0.0.1");
            assertThat(wrong.router().state().slotsCovered()).isZero();
        }
    }

    @Test
    void shouldReportTheCodeOfAnErrorReplyWithoutItsText() {
        String key = fresh();
        set(key, "secret-value");

        assertThatThrownBy(() -> await(redis.send(bytes(key), Request.cmd(Command.HGET, key, "secret-field"))))
                .hasCauseInstanceOf(RedisErrorException.class)
                .hasMessageContaining("WRONGTYPE")
                .hasMessageNotContaining("secret");
    }

    private String keyOfAnotherMaster(TestNode master) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> fresh())
                .filter(key -> cluster.masterOf(cluster.slotOf(key)).port() != master.port())
                .findFirst()
                .orElseThrow();
    }

    private TestNode anotherMaster(TestNode master) {
        return cluster.masterOf(cluster.slotOf(keyOfAnotherMaster(master)));
    }

    private void set(String key, String value) {
        await(redis.send(bytes(key), Request.cmd(Command.SET, key, value)));
    }

    private String get(String key) {
        return get(redis, key);
    }

    private static String get(RouterFixture router, String key) {
        return String.valueOf(await(router.send(bytes(key), Request.cmd(Command.GET, key))));
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static String fresh() {
        return "router-it:" + UUID.randomUUID();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
