package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.restassured.RestAssured;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The termination of a pod with the times of {@code deploy/kubernetes}. The preStop hook and the removal of the endpoint
 * start together, and SIGTERM follows preStop. Open connections stay with the pod until one side closes them.
 */
class KubernetesRollingUpdateIT {

    private static final int CLIENTS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How long clients may still open new connections to the terminating pod. */
    private static final Duration ENDPOINT_REMOVAL = Duration.ofSeconds(3);

    private static TestCluster redis;
    private static KubernetesManifests manifests;

    @BeforeAll
    static void start() {
        ExternalTool.require("kubectl");
        manifests = KubernetesManifests.render(Path.of("deploy/kubernetes/overlays/with-redis"));
        redis = TestCluster.start(ClusterSpec.ofSixNodes("rolling").withNodes(1, 0));
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @Test
    void shouldLoseNoRequest() {
        try (ServiceProcess leaving = ServiceProcess.start(settings());
                ServiceProcess staying = ServiceProcess.start(settings());
                KeepAliveClients clients = new KeepAliveClients(
                        ServiceApi.of(leaving).tokenFor("alice"), List.of(leaving.baseUri(), staying.baseUri()))) {
            clients.start(CLIENTS);
            awaitThat(() -> clients.answersOf(leaving.baseUri()) > 100);

            long end = System.nanoTime();
            // Kubernetes removes the pod from endpoints, kube-proxy and ingress controllers while preStop runs.
            assertThat(ENDPOINT_REMOVAL).isLessThan(manifests.preStop());
            awaitThat(() -> since(end).compareTo(ENDPOINT_REMOVAL) >= 0);
            clients.connectTo(List.of(staying.baseUri()));
            awaitThat(() -> since(end).compareTo(manifests.preStop()) >= 0);
            assertThat(isReady(leaving)).as("ready until SIGTERM").isTrue();
            long before = clients.answersOf(leaving.baseUri());
            leaving.terminate();

            leaving.awaitExit(grace().minus(since(end)));
            assertThat(before).isPositive();
            long after = clients.answersOf(staying.baseUri());
            awaitThat(() -> clients.answersOf(staying.baseUri()) > after + 100);
            assertThat(clients.losses()).isEmpty();
        }
    }

    /** Long Redis timeouts, so a busy machine causes no unknown answers that would count as lost. */
    private static Map<String, String> settings() {
        Map<String, String> settings = ServiceProcess.settings(redis);
        settings.put("tokencache.redis.timeout", "20s");
        settings.put("tokencache.redis.command-timeout", "5s");
        return settings;
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static Duration grace() {
        return Duration.ofSeconds(manifests
                .one(Deployment.class, "token-cache")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getTerminationGracePeriodSeconds());
    }

    private static boolean isReady(ServiceProcess service) {
        return RestAssured.get(service.managementUri().resolve("/q/health/ready"))
                        .statusCode()
                == 200;
    }

    private static void awaitThat(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(50, TimeUnit.MILLISECONDS)
                .until(condition::getAsBoolean);
    }
}
