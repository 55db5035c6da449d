package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Doctor on the real cluster of the tests. */
class FactCollectorIT {

    /** All nodes are on one machine, without memory limits and persistence, and the machine may be busy. */
    private static final List<String> OF_A_TEST_CLUSTER =
            List.of("TC105", "TC106", "TC202", "TC203", "TC205", "TC301", "TC304", "TC401", "TC402", "TC404", "TC405");

    private static final String DOCTOR_PASSWORD = "the-password-of-doctor";

    private static final Vertx VERTX = Vertx.vertx();
    private static final TestCluster CLUSTER = RedisClusterResource.cluster();

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void heal() {
        CLUSTER.nodes().stream().filter(node -> !node.isRunning()).forEach(TestNode::resume);
        CLUSTER.heal();
    }

    private static ClusterFacts read(String user, String password) throws Exception {
        List<Endpoint> seeds =
                List.of(new Endpoint("localhost", CLUSTER.nodes().get(0).port()));
        NodeLogin login = new NodeLogin(user, password, false, null);
        FactCollector collector = new FactCollector(
                VERTX, login.connector(seeds, Duration.ofSeconds(2)), "tc:", Clock.systemUTC(), (done, total) -> {});
        return new ClusterFacts(
                Instant.now(),
                collector
                        .collect(seeds)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS),
                Reading.unknown("no service"));
    }

    private static List<Finding> unexpected(ClusterFacts facts) {
        return Diagnosis.of(facts, Checks.all()).findings().stream()
                .filter(finding -> !OF_A_TEST_CLUSTER.contains(finding.code()))
                .toList();
    }

    private static Stream<Reading<?>> readings(NodeFacts node) {
        return Stream.of(
                node.info(),
                node.config(),
                node.view(),
                node.acl(),
                node.slowLog(),
                node.latency(),
                node.pingMicros(),
                node.clockAheadMillis(),
                node.samples());
    }

    @Test
    void shouldReadEverythingOfASoundCluster() throws Exception {
        ClusterFacts facts = read("", CLUSTER.password());

        assertThat(facts.nodes())
                .extracting(NodeFacts::address)
                .containsExactlyInAnyOrderElementsOf(CLUSTER.nodes().stream()
                        .map(node -> new Endpoint("127.0.0.1", node.port()))
                        .toList());
        assertThat(facts.nodes().stream().flatMap(FactCollectorIT::readings)).allMatch(Reading::isKnown);
        assertThat(unexpected(facts)).isEmpty();
        assertThat(facts.toString()).doesNotContain(CLUSTER.password());
    }

    @Test
    void shouldReportANodeThatHangs() throws Exception {
        TestNode hung = CLUSTER.nodes().get(5);
        hung.suspend();

        long start = System.nanoTime();
        ClusterFacts facts = read("", CLUSTER.password());
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).isLessThan(Duration.ofSeconds(20));
        NodeFacts unknown = facts.nodes().stream()
                .filter(node -> node.address().port() == hung.port())
                .findFirst()
                .orElseThrow();
        assertThat(readings(unknown)).noneMatch(Reading::isKnown);
        assertThat(unknown.info().reason()).isNotEmpty().doesNotContain("127.0.0.1");
        assertThat(unexpected(facts))
                .anyMatch(finding ->
                        finding.subject().equals("node " + unknown.address()) && finding.status() != Finding.Status.OK);
    }

    @Test
    void shouldReadEverythingAsTheShippedUser() throws Exception {
        String[] line = Files.readAllLines(Path.of("deploy/redis/users.acl")).stream()
                .filter(user -> user.startsWith("user doctor "))
                .findFirst()
                .orElseThrow()
                .split(" ");
        String[] command = Stream.of(
                        Stream.of("ACL", "SETUSER", "doctor", ">" + DOCTOR_PASSWORD),
                        Arrays.stream(line).skip(2))
                .flatMap(words -> words)
                .toArray(String[]::new);
        onEachNode(command);
        try {
            ClusterFacts facts = read("doctor", DOCTOR_PASSWORD);

            assertThat(facts.nodes()).hasSize(6);
            assertThat(facts.nodes().stream().flatMap(FactCollectorIT::readings))
                    .allMatch(Reading::isKnown);
        } finally {
            onEachNode("ACL", "DELUSER", "doctor");
        }
    }

    @Test
    void shouldSayWhatTheUserMayNotDo() throws Exception {
        onEachNode("ACL", "SETUSER", "doctor", "on", ">" + DOCTOR_PASSWORD, "-@all", "+info", "+cluster|nodes");
        try {
            NodeFacts node = read("doctor", DOCTOR_PASSWORD).nodes().stream()
                    .filter(any -> "master".equals(any.info().orElse(Map.of()).get("role")))
                    .findFirst()
                    .orElseThrow();

            assertThat(node.view().isKnown()).isTrue();
            assertThat(node.config().reason()).startsWith("the user lacks a permission, reply=NOPERM");
            assertThat(node.samples().reason()).startsWith("the user lacks a permission, reply=NOPERM");
        } finally {
            onEachNode("ACL", "DELUSER", "doctor");
        }
    }

    private static void onEachNode(String... command) throws IOException {
        for (TestNode node : CLUSTER.nodes()) {
            try (RespClient client = node.connect()) {
                client.send(command);
            }
        }
    }
}
