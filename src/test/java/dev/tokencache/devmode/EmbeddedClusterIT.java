package dev.tokencache.devmode;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class EmbeddedClusterIT {

    private static final String PASSWORD = "embedded-cluster-it";

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.start(ClusterSpec.ofSixNodes(PASSWORD).withNodeTimeout(Duration.ofSeconds(1)));
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void shouldServeEverySlotFromThreeMastersWithAReplicaEach() {
        List<RedisNode> masters = List.of(cluster.masterOf(0), cluster.masterOf(8000), cluster.masterOf(16_383));

        assertThat(masters.stream().map(RedisNode::port)).doesNotHaveDuplicates();
        assertThat(masters)
                .allSatisfy(master -> assertThat(cluster.replicasOf(master)).hasSize(1));
        assertThat(cluster.hosts().split(",")).hasSize(6).allMatch(host -> host.startsWith("redis://127.0.0.1:"));
    }

    @Test
    void shouldRefuseAWrongPasswordAndNone() {
        int port = cluster.nodes().get(0).port();

        assertThatThrownBy(() -> RespClient.connect(port, "wrong")).isInstanceOf(RespException.class);
        try (RespClient client = RespClient.connect(port)) {
            assertThatThrownBy(() -> client.send("GET", "key"))
                    .isInstanceOfSatisfying(
                            RespException.class, e -> assertThat(e.code()).isEqualTo("NOAUTH"));
        }
    }

    @Test
    void shouldCarryEveryKindOfReply() {
        byte[] key = "{kinds}key".getBytes(StandardCharsets.UTF_8);
        byte[] value = {0, '\r', '\n', (byte) 0xff, '$'};
        try (RespClient client = cluster.masterOf(cluster.slotOf("kinds")).connect()) {
            assertThat(client.send("SET".getBytes(StandardCharsets.UTF_8), key, value))
                    .isEqualTo("OK");
            assertThat((byte[]) client.send("GET".getBytes(StandardCharsets.UTF_8), key))
                    .isEqualTo(value);
            assertThat(client.number("STRLEN", "{kinds}key")).isEqualTo(5);
            assertThat(client.send("GET", "{kinds}none")).isNull();
            assertThat(client.list("EVAL", "return {1, false, {}, 'x', redis.error_reply('ODD one')}", "0"))
                    .satisfiesExactly(
                            one -> assertThat(one).isEqualTo(1L),
                            none -> assertThat(none).isNull(),
                            empty -> assertThat(empty).isEqualTo(List.of()),
                            text -> assertThat(RespClient.textOf(text)).isEqualTo("x"),
                            error -> assertThat(error).isInstanceOf(RespException.class));
        }
    }

    @Test
    void shouldPromoteTheReplicaOfAKilledMasterAndTakeTheMasterBack() {
        int slot = cluster.slotOf("failover");
        RedisNode master = cluster.masterOf(slot);
        RedisNode replica = cluster.replicasOf(master).get(0);

        master.kill9();

        assertThat(master.isAlive()).isFalse();
        assertThat(master.processId()).isEmpty();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> cluster.masterOf(slot).port() == replica.port());
        master.restart();
        cluster.awaitHealthy();
        assertThat(cluster.replicasOf(replica)).extracting(RedisNode::port).contains(master.port());
    }

    @Test
    void shouldNotAnswerWhileSuspended() {
        RedisNode node = cluster.nodes().get(5);
        try (RespClient client = node.connect()) {
            client.timeout(Duration.ofMillis(200));
            node.suspend();
            assertThat(node.isAlive()).isTrue();
            assertThat(node.isRunning()).isFalse();
            assertThatThrownBy(() -> client.send("PING")).hasRootCauseMessage("Read timed out");

            client.timeout(Duration.ofSeconds(30));
            node.resume();
            assertThat(client.read()).isEqualTo("PONG");
        }
    }

    @Test
    void shouldBeHandledThroughItsFolder() {
        EmbeddedCluster same = EmbeddedCluster.attach(cluster.folder());

        assertThat(same.hosts()).isEqualTo(cluster.hosts());
        assertThat(same.password()).isEqualTo(PASSWORD);
        assertThat(same.nodes())
                .extracting(RedisNode::processId)
                .isEqualTo(cluster.nodes().stream().map(RedisNode::processId).toList());
    }

    @Test
    void shouldTakeInAnEmptyNodeAndLeaveNothingBehind() {
        EmbeddedCluster small = EmbeddedCluster.start(
                ClusterSpec.ofSixNodes(PASSWORD).withNodes(1, 0).withExtraLines("maxclients 77"));
        List<RedisNode> nodes;
        try (small) {
            RedisNode added = small.addNode();
            nodes = small.nodes();
            assertThat(nodes).hasSize(2);
            assertThat(small.masterOf(0).port()).isNotEqualTo(added.port());
            try (RespClient client = added.connect()) {
                assertThat(client.list("CONFIG", "GET", "maxclients").stream().map(RespClient::textOf))
                        .containsExactly("maxclients", "77");
            }
        }
        assertThat(small.folder()).doesNotExist();
        assertThat(nodes).noneMatch(RedisNode::isAlive);
    }

    @Test
    void shouldForgetANodeThatIsRemoved() {
        RedisNode added = cluster.addNode();

        cluster.removeNode(added);

        cluster.awaitHealthy();
        assertThat(added.isAlive()).isFalse();
        assertThat(cluster.nodes()).extracting(RedisNode::port).doesNotContain(added.port());
        assertThat(cluster.hosts()).doesNotContain(":" + added.port());
    }

    @Test
    void shouldNameThePortThatIsTaken() throws Exception {
        try (ServerSocket squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = squatter.getLocalPort();
            int port = taken > 55_535 ? taken - 10_000 : taken; // then its bus port is the one that is taken
            ClusterSpec spec = ClusterSpec.ofSixNodes(PASSWORD).withNodes(1, 0).withPorts(List.of(port));

            assertThatThrownBy(() -> EmbeddedCluster.start(spec))
                    .isInstanceOfSatisfying(
                            PortInUseException.class, e -> assertThat(e.port()).isEqualTo(taken));
        }
    }

    @Test
    void shouldShowTheLogOfAServerThatDoesNotStart() {
        ClusterSpec spec = ClusterSpec.ofSixNodes(PASSWORD).withNodes(1, 0).withExtraLines("no-such-setting yes");

        assertThatThrownBy(() -> EmbeddedCluster.start(spec)).hasMessageContaining("no-such-setting");
    }

    @Test
    void shouldSayWhichExecutableIsMissing() {
        ClusterSpec spec = ClusterSpec.ofSixNodes(PASSWORD).withExecutable(Path.of("no-such-redis-server"));

        assertThatThrownBy(() -> EmbeddedCluster.start(spec))
                .hasMessageContaining("tokencache.dev.redis-server")
                .hasMessageContaining("no-such-redis-server");
    }

    @Test
    void shouldKeepThePasswordOutOfItsDescription() {
        assertThat(Arrays.asList(
                        ClusterSpec.ofSixNodes(PASSWORD).toString(),
                        cluster.toString(),
                        cluster.nodes().get(0).toString()))
                .noneMatch(text -> text.contains(PASSWORD));
    }
}
