package dev.tokencache.testing.cluster;

import dev.tokencache.testing.cluster.Ports.PortInUseException;
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

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(ClusterSpec.ofSixNodes(PASSWORD).withNodeTimeout(Duration.ofSeconds(1)));
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
    void shouldServeAllSlotsByThreeMastersWithOneReplicaEach() {
        List<TestNode> masters = List.of(cluster.masterOf(0), cluster.masterOf(8000), cluster.masterOf(16_383));

        assertThat(masters.stream().map(TestNode::port)).doesNotHaveDuplicates();
        assertThat(masters)
                .allSatisfy(master -> assertThat(cluster.replicasOf(master)).hasSize(1));
        assertThat(cluster.hosts().split(",")).hasSize(6).allMatch(host -> host.startsWith("redis://127.0.0.1:"));
    }

    @Test
    void shouldRefuseAWrongOrMissingPassword() {
        int port = cluster.nodes().get(0).port();

        assertThatThrownBy(() -> RespClient.connect(port, "wrong")).isInstanceOf(RespException.class);
        try (RespClient client = RespClient.connect(port)) {
            assertThatThrownBy(() -> client.send("GET", "key"))
                    .isInstanceOfSatisfying(
                            RespException.class, e -> assertThat(e.code()).isEqualTo("NOAUTH"));
        }
    }

    @Test
    void shouldReadEveryTypeOfReply() {
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
    void shouldPromoteTheReplicaOfAKilledMasterAndDemoteTheRestartedMaster() {
        int slot = cluster.slotOf("failover");
        TestNode master = cluster.masterOf(slot);
        TestNode replica = cluster.replicasOf(master).get(0);

        master.kill9();

        assertThat(master.isAlive()).isFalse();
        assertThat(master.processId()).isEmpty();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> cluster.masterOf(slot).port() == replica.port());
        master.restart();
        cluster.awaitHealthy();
        assertThat(cluster.replicasOf(replica)).extracting(TestNode::port).contains(master.port());
    }

    @Test
    void shouldNotReplyWhileSuspended() {
        TestNode node = cluster.nodes().get(5);
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
    void shouldAttachByFolder() {
        TestCluster same = TestCluster.attach(cluster.folder());

        assertThat(same.hosts()).isEqualTo(cluster.hosts());
        assertThat(same.password()).isEqualTo(PASSWORD);
        assertThat(same.nodes())
                .extracting(TestNode::processId)
                .isEqualTo(cluster.nodes().stream().map(TestNode::processId).toList());
    }

    @Test
    void shouldAddAnEmptyNodeAndDeleteEverythingOnClose() {
        TestCluster small = TestCluster.start(
                ClusterSpec.ofSixNodes(PASSWORD).withNodes(1, 0).withExtraLines("maxclients 77"));
        List<TestNode> nodes;
        try (small) {
            TestNode added = small.addNode();
            nodes = small.nodes();
            assertThat(nodes).hasSize(2);
            assertThat(small.masterOf(0).port()).isNotEqualTo(added.port());
            try (RespClient client = added.connect()) {
                assertThat(client.list("CONFIG", "GET", "maxclients").stream().map(RespClient::textOf))
                        .containsExactly("maxclients", "77");
            }
        }
        assertThat(small.folder()).doesNotExist();
        assertThat(nodes).noneMatch(TestNode::isAlive);
    }

    @Test
    void shouldForgetARemovedNode() {
        TestNode added = cluster.addNode();

        cluster.removeNode(added);

        cluster.awaitHealthy();
        assertThat(added.isAlive()).isFalse();
        assertThat(cluster.nodes()).extracting(TestNode::port).doesNotContain(added.port());
        assertThat(cluster.hosts()).doesNotContain(":" + added.port());
    }

    @Test
    void shouldNameThePortInUse() throws Exception {
        try (ServerSocket squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = squatter.getLocalPort();
            int port = taken > 55_535 ? taken - 10_000 : taken; // then its bus port is in use
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
    void shouldNameTheMissingExecutable() {
        ClusterSpec spec = ClusterSpec.ofSixNodes(PASSWORD).withExecutable(Path.of("no-such-redis-server"));

        assertThatThrownBy(() -> EmbeddedCluster.start(spec))
                .hasMessageContaining("tokencache.dev.redis-server")
                .hasMessageContaining("no-such-redis-server");
    }

    @Test
    void shouldRedactThePasswordInToString() {
        assertThat(Arrays.asList(
                        ClusterSpec.ofSixNodes(PASSWORD).toString(),
                        cluster.toString(),
                        cluster.nodes().get(0).toString()))
                .noneMatch(text -> text.contains(PASSWORD));
    }
}
