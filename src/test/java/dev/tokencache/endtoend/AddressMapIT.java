package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A cluster that announces host names that do not resolve here, like one behind NAT or in containers. */
class AddressMapIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestCluster cluster;

    /** Only clients use announced host names (Redis 7.0); the nodes still connect to each other by address. */
    @BeforeAll
    static void start() {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("far-away").withExecutable(REDIS_SERVER));
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                client.send("CONFIG", "SET", "cluster-announce-hostname", nameOf(node));
                client.send("CONFIG", "SET", "cluster-preferred-endpoint-type", "hostname");
            }
        }
        Awaitility.await().atMost(PATIENCE).until(() -> cluster.nodes().stream()
                .allMatch(AddressMapIT::namesEveryNode));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldReachMappedNodesBeforeAndAfterAFailover() {
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put(
                "tokencache.redis.address-map",
                cluster.nodes().stream()
                        .map(node -> nameOf(node) + ":" + node.port() + "=127.0.0.1:" + node.port())
                        .collect(Collectors.joining(",")));
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi api = ServiceApi.of(service);
            List<String> tokens = IntStream.range(0, 12)
                    .mapToObj(i -> api.tokenFor("far-" + i))
                    .toList();
            assertThat(tokens).allMatch(api::isActive);

            TestNode master = cluster.masterOf(0);
            TestNode replica = cluster.replicasOf(master).get(0);
            replica.failOver();
            Awaitility.await().atMost(PATIENCE).until(() -> cluster.masterOf(0).port() == replica.port());

            assertThat(tokens).allMatch(api::isActive);
            assertThat(tokens)
                    .allMatch(token -> ServiceApi.known(() -> api.renew(token)).statusCode() == 200);
        }
    }

    @Test
    void shouldReachNoNodeWithoutTheMap() {
        try (ServiceProcess service = ServiceProcess.start(ServiceProcess.settings(cluster))) {
            Response answer = ServiceApi.of(service).create(Map.of("sub", "alice"));

            assertThat(answer.statusCode()).isEqualTo(503);
            Awaitility.await().atMost(PATIENCE).until(() -> service.output()
                    .contains("unknown host name (tokencache.redis.address-map)"));
        }
    }

    @Test
    void shouldNotStartWithAnInvalidMap() {
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put("tokencache.redis.address-map", "10.1.0.1=gateway");

        try (ServiceProcess service = ServiceProcess.launch(settings)) {
            assertThat(service.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
            assertThat(service.output())
                    .contains("tokencache.redis.address-map must be a list of")
                    .doesNotContain("\tat ");
        }
    }

    private static String nameOf(TestNode node) {
        return "node-" + node.port() + ".invalid";
    }

    private static boolean namesEveryNode(TestNode node) {
        try (RespClient client = node.connect()) {
            String slots = text(client.list("CLUSTER", "SLOTS"));
            return cluster.nodes().stream().allMatch(other -> slots.contains(nameOf(other)));
        }
    }

    private static String text(Object reply) {
        return reply instanceof List<?> list
                ? list.stream().map(AddressMapIT::text).collect(Collectors.joining(" "))
                : RespClient.textOf(reply);
    }
}
