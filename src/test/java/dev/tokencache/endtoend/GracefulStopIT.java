package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests during the shutdown of the service by {@code SIGTERM}, as in every deployment. */
class GracefulStopIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The exit status of a JVM after SIGTERM. */
    private static final int TERMINATED = 143;

    private static TestCluster cluster;

    /** One master and a long node timeout: nothing replaces the master while it is suspended. */
    @BeforeAll
    static void start() {
        cluster = TestCluster.start(
                ClusterSpec.ofSixNodes("stop").withNodes(1, 0).withNodeTimeout(Duration.ofSeconds(60)));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    /** Does not wait for the end of the delay: {@link #shouldFinishRequestsInFlight} tests the exit. */
    @Test
    void shouldServeDuringTheShutdownDelayAlthoughNotReady() {
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.put("quarkus.shutdown.delay", "10s");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi api = ServiceApi.of(service);
            String token = api.tokenFor("alice");
            assertThat(ready(service)).isEqualTo(200);

            service.terminate();

            Awaitility.await().atMost(PATIENCE).until(() -> ready(service) == 503);
            assertThat(api.isActive(token)).isTrue();
            api.create(Map.of("sub", "bob")).then().statusCode(201);
        }
    }

    @Test
    void shouldFinishRequestsInFlight() throws Exception {
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.put("quarkus.shutdown.delay", "5s");
        settings.put("quarkus.shutdown.timeout", "25s");
        settings.put("tokencache.redis.timeout", "20s");
        settings.put("tokencache.redis.command-timeout", "20s");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi api = ServiceApi.of(service);
            api.tokenFor("alice");
            TestNode master = cluster.masterOf(0);
            master.suspend();
            CompletableFuture<Response> slow = CompletableFuture.supplyAsync(() -> api.create(Map.of("sub", "bob")));

            service.terminate();
            Awaitility.await().atMost(PATIENCE).until(() -> service.output()
                    .contains("Waiting for HTTP requests to complete"));
            assertThat(slow).isNotDone();
            master.resume();

            assertThat(slow.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode())
                    .isEqualTo(201);
            assertThat(service.awaitExit(PATIENCE)).isEqualTo(TERMINATED);
            assertThat(service.output()).contains("All HTTP requests complete").doesNotContain("Timed out waiting");
        }
    }

    private static int ready(ServiceProcess service) {
        return RestAssured.get(service.managementUri().resolve("/q/health/ready"))
                .statusCode();
    }
}
