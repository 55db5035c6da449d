package dev.tokencache.endtoend;

import dev.tokencache.testing.DescribedResponses;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;

/** An old Redis, a cluster, and services that are configured for a migration between the two. */
final class MigrationSite implements AutoCloseable {

    final OldRedis old = OldRedis.start();
    private final TestCluster cluster = RedisClusterResource.cluster();
    private final List<ServiceProcess> services = new ArrayList<>();
    private final Map<String, String> settings;

    /** @param more settings in addition to the defaults */
    MigrationSite(Map<String, String> more) {
        cluster.heal();
        settings = new HashMap<>(ServiceProcess.settings(cluster));
        // Each site starts with a new migration.
        settings.put("tokencache.redis.key-prefix", "tcm" + UUID.randomUUID() + ":");
        settings.put("tokencache.migration.legacy.hosts", old.host());
        settings.put("tokencache.migration.legacy.password", OldRedis.PASSWORD);
        settings.put("tokencache.migration.legacy.timeout", "4s");
        settings.put("tokencache.migration.legacy.command-timeout", "1s");
        settings.putAll(more);
    }

    /** The key of the shared migration state. */
    String stateKey() {
        return settings.get("tokencache.redis.key-prefix") + "{migration}";
    }

    ServiceProcess startService() {
        return startServices(1).get(0);
    }

    /** Starts several services in parallel. */
    List<ServiceProcess> startServices(int count) {
        List<ServiceProcess> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            started.add(ServiceProcess.launch(settings));
        }
        services.addAll(started);
        started.forEach(MigrationSite::awaitReady);
        return started;
    }

    private static void awaitReady(ServiceProcess service) {
        service.awaitStarted();
        Awaitility.await("the first check of the state")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> !readiness(service).getString("phase").equals("unknown"));
    }

    /** The data of the readiness check {@code migration}. */
    static JsonPath readiness(ServiceProcess service) {
        return RestAssured.get(service.managementUri() + "/q/health/ready")
                .jsonPath()
                .setRootPath("checks.find { it.name == 'migration' }.data");
    }

    static RequestSpecification admin(ServiceProcess service) {
        return RestAssured.given()
                .baseUri(service.baseUri().toString())
                .filter(DescribedResponses.FILTER)
                .contentType("application/json")
                .auth()
                .preemptive()
                .basic(ServiceProcess.CALLER, ServiceProcess.SECRET);
    }

    static ValidatableResponse status(ServiceProcess service) {
        return ServiceApi.known(() -> admin(service).get("/v1/admin/migration")).then();
    }

    static ValidatableResponse change(ServiceProcess service, String json) {
        return admin(service).body(json).put("/v1/admin/migration").then();
    }

    static ValidatableResponse backfill(ServiceProcess service, String json) {
        return admin(service).body(json).post("/v1/admin/migration/backfill").then();
    }

    static JsonPath backfill(ServiceProcess service) {
        return ServiceApi.known(() -> admin(service).get("/v1/admin/migration/backfill"))
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    @Override
    public void close() {
        services.forEach(ServiceProcess::close);
        old.close();
        cluster.heal();
        // Tens of thousands of keys would slow down restarts in other tests.
        cluster.nodes().forEach(MigrationSite::flush);
    }

    private static void flush(TestNode node) {
        try (RespClient client = node.connect()) {
            if (client.text("INFO", "replication").contains("role:master")) {
                client.send("FLUSHALL");
            }
        }
    }
}
