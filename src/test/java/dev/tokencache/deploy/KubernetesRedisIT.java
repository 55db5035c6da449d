package dev.tokencache.deploy;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The scripts of {@code deploy/redis}, run as the pods of the overlay {@code with-redis} run them. */
class KubernetesRedisIT {

    /** Contains all characters that are special in redis.conf or a shell. */
    private static final String PASSWORD = "a \"pass\\word' $HOME # `id`";

    private static final String SERVICE_PASSWORD = "an \"other\" one' $";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Integer> FIRST = List.of(0, 1, 2);
    private static final List<Integer> SECOND = List.of(3, 4, 5);
    private static final List<Integer> ALL = List.of(0, 1, 2, 3, 4, 5);

    @TempDir
    private static Path folder;

    /** The killed nodes of a cluster. Most tests start a copy of them, which is faster than to form a cluster. */
    private static KubernetesRedis template;

    private KubernetesRedis nodes;

    @BeforeAll
    static void formTemplate() throws IOException {
        template = startNew();
        formed(template);
        template.killAll();
    }

    @AfterAll
    static void deleteTemplate() {
        if (template != null) {
            template.close();
        }
    }

    @AfterEach
    void stop() {
        if (nodes != null) {
            nodes.close();
        }
    }

    private static KubernetesRedis startNew() throws IOException {
        return KubernetesRedis.start(
                Files.writeString(folder.resolve("password"), PASSWORD + "\n"),
                Files.writeString(folder.resolve("service-password"), SERVICE_PASSWORD + "\n"));
    }

    /** Waits for a condition. Exceptions count as "not yet": a node may be loading, unreachable or slow. */
    private static void awaitThat(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(condition);
    }

    private ExternalTool.Result form() {
        return nodes.run(0, "form-cluster", nodes.names());
    }

    private static void formed(KubernetesRedis nodes) {
        ExternalTool.Result result = nodes.run(0, "form-cluster", nodes.names());
        assertThat(result.exit()).as(result.output() + result.errors()).isZero();
    }

    private void startFormed() throws IOException {
        nodes = template.startCopy();
        formed(nodes);
    }

    @Test
    void shouldFormAClusterWithAPasswordAndRedisConf() throws IOException {
        nodes = startNew();
        // In parallel, as kubelet and the Job run them.
        List<ExternalTool.Result> introductions = nodes.runAll(ALL, "introduce-node", nodes.names());
        assertThat(introductions).extracting(ExternalTool.Result::exit).containsOnly(0);

        formed(nodes);

        for (int shard : FIRST) {
            assertThat(nodes.masterOf(shard)).isEqualTo("-");
            assertThat(nodes.masterOf(shard + 3)).isEqualTo(nodes.id(shard));
        }
        for (int node : ALL) {
            assertThat(nodes.ask(node, "CLUSTER", "INFO"))
                    .contains("cluster_state:ok", "cluster_slots_ok:16384", "cluster_known_nodes:6");
            assertThat(nodes.run(node, "node-is-ready").exit()).isZero();
            assertThat(nodes.commandLine(node) + nodes.log(node)).doesNotContain("pass\\word");
            try (RespClient unauthenticated = nodes.connect(node)) {
                assertThatExceptionOfType(RespException.class)
                        .isThrownBy(() -> unauthenticated.send("CLUSTER", "INFO"))
                        .withMessageStartingWith("NOAUTH");
                assertThatExceptionOfType(RespException.class)
                        .isThrownBy(() -> unauthenticated.send("AUTH", PASSWORD))
                        .withMessageStartingWith("WRONGPASS");
                assertThat(unauthenticated.send("AUTH", "token-cache", SERVICE_PASSWORD))
                        .isEqualTo("OK");
                assertThat(unauthenticated.text("CLUSTER", "MYID")).hasSize(40);
                assertThatExceptionOfType(RespException.class)
                        .isThrownBy(() -> unauthenticated.send("CONFIG", "GET", "maxmemory"))
                        .withMessageStartingWith("NOPERM");
                assertThat(unauthenticated.send("AUTH", "operator", PASSWORD)).isEqualTo("OK");
                assertThat(unauthenticated.list("CONFIG", "GET", "cluster-node-timeout").stream()
                                .map(RespClient::textOf))
                        .containsExactly("cluster-node-timeout", "2000");
                assertThat(unauthenticated.list("CONFIG", "GET", "maxmemory").stream()
                                .map(RespClient::textOf))
                        .containsExactly("maxmemory", "104857600");
            }
        }
    }

    @Test
    void shouldChangeNothingWhenRunAgain() throws IOException {
        startFormed();
        List<String> before = ALL.stream().map(nodes::masterOf).toList();
        formed(nodes);
        assertThat(ALL.stream().map(nodes::masterOf)).isEqualTo(before);

        // Also after a failover.
        assertThat(nodes.run(1, "hand-over").exit()).isZero();
        awaitThat(() -> nodes.isMaster(4));
        List<String> after = ALL.stream().map(nodes::masterOf).toList();
        formed(nodes);
        assertThat(ALL.stream().map(nodes::masterOf)).isEqualTo(after);
    }

    @Test
    void shouldContinueAfterAnInterruption() throws IOException {
        nodes = startNew();
        awaitThat(() -> ALL.stream().allMatch(nodes::answers));
        // The steps of the script for the first shard.
        nodes.ask(0, addSlots(0, 5460));

        formed(nodes);

        assertThat(FIRST.stream().map(nodes::masterOf)).containsOnly("-");
        assertThat(nodes.ask(0, "CLUSTER", "NODES")).contains(" 0-5460\n", " 5461-10921\n", " 10922-16383\n");
    }

    private static String[] addSlots(int first, int last) {
        return IntStream.concat(IntStream.of(-2, -1), IntStream.rangeClosed(first, last))
                .mapToObj(slot -> slot == -2 ? "CLUSTER" : slot == -1 ? "ADDSLOTS" : Integer.toString(slot))
                .toArray(String[]::new);
    }

    @Test
    void shouldBeAliveButNotReadyBeforeItIsPartOfACluster() throws IOException {
        nodes = startNew();
        awaitThat(() -> nodes.answers(0));

        assertThat(nodes.run(0, "node-is-alive").exit()).isZero();
        assertThat(nodes.run(0, "node-is-ready").exit()).isNotZero();
        nodes.kill(0);
        assertThat(nodes.run(0, "node-is-alive").exit()).isNotZero();
    }

    @Test
    void shouldHandOverAllMastersInParallelAndTakeThemBack() throws IOException {
        startFormed();

        assertThat(nodes.runAll(FIRST, "hand-over"))
                .extracting(ExternalTool.Result::exit)
                .containsOnly(0);
        assertThat(FIRST).noneMatch(nodes::isMaster);
        assertThat(SECOND).allMatch(nodes::isMaster);

        assertThat(nodes.runAll(ALL, "introduce-node", nodes.names()))
                .extracting(ExternalTool.Result::errors)
                .containsOnly("");
        assertThat(FIRST).allMatch(nodes::isMaster);
        assertThat(SECOND).allSatisfy(this::becomesReplica);
        awaitThat(() ->
                ALL.stream().allMatch(node -> nodes.run(node, "node-is-ready").exit() == 0));
    }

    /** Waits until a node is a replica: a master is the last to learn of the election that replaced it. */
    private void becomesReplica(int node) {
        awaitThat(() -> !nodes.isMaster(node));
    }

    @Test
    void shouldNotWaitForAMissingReplica() throws IOException {
        startFormed();
        nodes.kill(3);
        awaitThat(() -> !nodes.ask(0, "INFO", "replication").contains("state=online"));

        ExternalTool.Result result = nodes.run(0, "hand-over");

        assertThat(result.exit()).isZero();
        assertThat(result.errors()).contains("there is no replica");
    }

    @Test
    void shouldFindEachOtherAgainWhenAllAddressesHaveChanged() throws IOException {
        startFormed();
        nodes.ask(0, "SET", "{06S}", "kept");
        assertThat(nodes.ask(0, "CLUSTER", "KEYSLOT", "{06S}")).isEqualTo("0");

        nodes.killAll();
        nodes.changeAddresses();
        ALL.forEach(nodes::start);
        nodes.runAll(ALL, "introduce-node", nodes.names());

        awaitThat(() ->
                ALL.stream().allMatch(node -> nodes.run(node, "node-is-ready").exit() == 0));
        assertThat(FIRST).allMatch(nodes::isMaster);
        assertThat(nodes.ask(0, "GET", "{06S}")).isEqualTo("kept");
        formed(nodes);
    }

    @Test
    void shouldMakeANodeThatLostItsDataAReplica() throws IOException {
        startFormed();
        String lost = nodes.id(4);
        nodes.kill(4);
        nodes.loseData(4);
        nodes.start(4);
        awaitThat(() -> nodes.answers(4));
        String[] other = nodes.names()[0].split(":");
        awaitThat(() -> {
            // A node gives up a MEET that does not succeed within the node timeout.
            nodes.ask(4, "CLUSTER", "MEET", other[0], other[1]);
            return nodes.ask(4, "CLUSTER", "INFO").contains("cluster_state:ok");
        });
        // The node holds no data, so its shard has no second node.
        assertThat(nodes.run(4, "node-is-ready").exit()).isNotZero();

        formed(nodes);

        assertThat(nodes.id(4)).isNotEqualTo(lost);
        assertThat(nodes.masterOf(4)).isEqualTo(nodes.id(1));
        assertThat(nodes.run(4, "node-is-ready").exit()).isZero();
    }

    /** As kubelet runs it, without a Job. The node is the first of its shard, so it becomes the master again. */
    @Test
    void shouldMakeANodeThatLostItsDataAReplicaWhenItStarts() throws IOException {
        startFormed();
        nodes.kill(2);
        awaitThat(() -> nodes.isMaster(5));
        // Delays the replication, as with a large dataset.
        nodes.ask(5, "CONFIG", "SET", "repl-diskless-sync-delay", "3");
        nodes.loseData(2);
        nodes.start(2);

        ExternalTool.Result result = nodes.run(2, "introduce-node", nodes.names());

        assertThat(result.errors()).isEmpty();
        assertThat(nodes.isMaster(2)).isTrue();
        becomesReplica(5);
        assertThat(nodes.masterOf(5)).isEqualTo(nodes.id(2));
        // Each attempt blocks writes to the shard, for five seconds if it fails.
        assertThat(nodes.log(5)).containsOnlyOnce("Manual failover requested").doesNotContain("failover timed out");
    }

    /** A new node learns the slots from each master itself, so it may know all nodes but few slots. */
    @Test
    void shouldMakeANodeThatLostItsDataAReplicaDespiteSlowGossip() throws IOException {
        startFormed();
        nodes.kill(5);
        nodes.loseData(5);
        nodes.start(5);
        awaitThat(() -> nodes.answers(5));
        // Each node sends gossip to each other node twice in this time.
        ALL.forEach(node -> nodes.ask(node, "CONFIG", "SET", "cluster-node-timeout", "20000"));

        ExternalTool.Result result = nodes.run(5, "introduce-node", nodes.names());

        assertThat(result.errors()).isEmpty();
        assertThat(nodes.masterOf(5)).isEqualTo(nodes.id(2));
    }

    @Test
    void shouldNotGiveTheSlotsOfALostShardToAnEmptyNode() throws IOException {
        startFormed();
        for (int node : List.of(1, 4)) {
            nodes.kill(node);
            nodes.loseData(node);
        }
        awaitThat(() -> nodes.ask(0, "CLUSTER", "INFO").contains("cluster_slots_fail:5461"));
        List.of(1, 4).forEach(nodes::start);

        ExternalTool.Result result = form();

        assertThat(result.exit()).isNotZero();
        assertThat(result.errors()).contains("the master of slot 5461 is down");
        assertThat(nodes.ask(0, "CLUSTER", "INFO")).contains("cluster_slots_fail:5461");
    }
}
