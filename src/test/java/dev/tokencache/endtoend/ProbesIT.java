package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The health probes and metrics while Redis nodes are down. */
class ProbesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REDIS = "checks.find { it.name == 'redis' }.data.";

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("probes"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @Test
    void shouldReportAMasterWithoutAReplicaAndStayReady() {
        try (ServiceProcess service = ServiceProcess.start(ServiceProcess.defaults(cluster))) {
            Awaitility.await("replicas_per_master").atMost(PATIENCE).until(() -> "1,1,1"
                    .equals(ready(service).jsonPath().getString(REDIS + "replicas_per_master")));
            awaitData(service, "masters_without_replica", 0);

            cluster.replicasOf(cluster.masterOf(0)).get(0).kill9();

            awaitData(service, "masters_without_replica", 1);
            assertThat(ready(service).statusCode()).isEqualTo(200);
            assertThat(ready(service).jsonPath().getString(REDIS + "cluster_state"))
                    .isEqualTo("ok");
            assertThat(ready(service).asString()).doesNotContain("127.0.0.1").doesNotContain("probes");
            assertThat(metrics(service)).contains("tokencache_router_masters_without_replica 1.0");

            cluster.heal();
            awaitData(service, "masters_without_replica", 0);
        }
    }

    @Test
    void shouldStayLiveAndReadyWhileRedisIsDown() {
        try (ServiceProcess service = ServiceProcess.start(ServiceProcess.defaults(cluster))) {
            awaitData(service, "slots_covered", 16384);

            cluster.nodes().forEach(TestNode::kill9);

            Awaitility.await().atMost(PATIENCE).until(() -> ready(service)
                    .jsonPath()
                    .getString(REDIS + "cluster_state")
                    .equals("fail"));
            awaitData(service, "nodes_up", 0);
            assertThat(ready(service).statusCode()).isEqualTo(200);
            assertThat(probe(service, "live").statusCode()).isEqualTo(200);
            assertThat(probe(service, "live").jsonPath().getList("checks")).isEmpty();
            assertThat(probe(service, "started").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldBeReadyOnlyWithRedisIfConfigured() {
        Map<String, String> settings = new HashMap<>(ServiceProcess.defaults(cluster));
        settings.put("tokencache.health.ready-needs-redis", "true");
        settings.put("tokencache.console.enabled", "false");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(RestAssured.get(service.managementUri() + "/console/").statusCode())
                    .as("of a console that is off")
                    .isEqualTo(404);
            Awaitility.await().atMost(PATIENCE).until(() -> ready(service).statusCode() == 200);

            // The service stays ready while one shard is down, because it serves the others.
            TestNode replica = cluster.replicasOf(cluster.masterOf(0)).get(0);
            replica.kill9();
            cluster.masterOf(0).kill9();
            awaitData(service, "nodes_up", 4);
            Awaitility.await().atMost(PATIENCE).until(() -> ready(service).statusCode() == 200);

            cluster.nodes().forEach(TestNode::kill9);
            Awaitility.await().atMost(PATIENCE).until(() -> ready(service).statusCode() == 503);
            assertThat(probe(service, "live").statusCode()).isEqualTo(200);
            assertThat(service.output())
                    .contains("Readiness changed by Redis: status=DOWN")
                    .doesNotContain("down status");

            cluster.heal();
            Awaitility.await().atMost(PATIENCE).until(() -> ready(service).statusCode() == 200);
            assertThat(service.output()).contains("Readiness changed by Redis: status=UP cluster_ok=true nodes_up=");
        }
    }

    private static void awaitData(ServiceProcess service, String name, int value) {
        Awaitility.await(name).atMost(PATIENCE).until(() -> {
            JsonPath answer = ready(service).jsonPath();
            return answer.getInt(REDIS + name) == value;
        });
    }

    private static Response ready(ServiceProcess service) {
        return probe(service, "ready");
    }

    private static Response probe(ServiceProcess service, String name) {
        return RestAssured.get(service.managementUri().resolve("/q/health/" + name));
    }

    private static String metrics(ServiceProcess service) {
        return RestAssured.get(service.managementUri().resolve("/q/metrics")).asString();
    }
}
