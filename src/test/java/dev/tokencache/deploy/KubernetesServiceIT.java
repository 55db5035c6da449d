package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.management.ManagementConfig;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the packaged service with the configuration of its pod in {@code deploy/kubernetes}: the rendered ConfigMap, the
 * Secrets of {@code make-secrets}, and the Redis Cluster of the overlay.
 */
class KubernetesServiceIT {

    @TempDir
    private static Path folder;

    private static KubernetesManifests manifests;
    private static DeploymentSecrets secrets;
    private static KubernetesRedis redis;
    private static ServiceProcess service;

    @BeforeAll
    static void start() throws Exception {
        ExternalTool.require("kubectl");
        manifests = KubernetesManifests.render(Path.of("deploy/kubernetes/overlays/with-redis"));
        secrets = DeploymentSecrets.make(folder.resolve("made"), "login=issue,revoke", "web=validate", "ops=admin");
        redis = KubernetesRedis.start(
                folder.resolve("made/redis-operator-password"), folder.resolve("made/redis-password"));
        assertThat(redis.run(0, "form-cluster", redis.names()).exit()).isZero();
        mount("settings", manifests.settings().getData());
        mount(
                "secrets",
                Stream.of("callers.properties", "token-keys.properties", "redis.properties")
                        .collect(Collectors.toMap(file -> file, secrets::text)));
        service = ServiceProcess.launch(pod());
        service.awaitStarted();
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    /** Writes a volume as kubelet does: the files are links into a folder that is replaced atomically. */
    private static void mount(String volume, Map<String, String> files) throws IOException {
        Path mountPoint = Files.createDirectories(folder.resolve("etc").resolve(volume));
        Path content = Files.createDirectory(mountPoint.resolve("..2026_01_01_00_00_00.1"));
        Files.createSymbolicLink(mountPoint.resolve("..data"), content.getFileName());
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(content.resolve(file.getKey()), file.getValue());
            Files.createSymbolicLink(
                    mountPoint.resolve(file.getKey()), Path.of("..data").resolve(file.getKey()));
        }
    }

    /**
     * The service with the pod's environment. The test overrides only the listen addresses, the Redis nodes and the time
     * limits for a busy machine, and turns the warm-up off, during which the service is not ready.
     */
    private static ProcessBuilder pod() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=0",
                "-Dtokencache.redis.timeout=20s",
                "-Dtokencache.redis.replica-timeout=10s",
                "-Dtokencache.warm-up.max=0s",
                "-Dquarkus.redis.hosts="
                        + Stream.of(redis.names())
                                .map(name -> "redis://token-cache@" + name)
                                .collect(Collectors.joining(","))));
        command.addAll(List.of("-jar", System.getProperty("tokencache.jar")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectory(folder.resolve("work")).toFile());
        container().getEnv().forEach(variable -> builder.environment()
                .put(
                        variable.getName(),
                        variable.getValue()
                                .replace(
                                        "/etc/token-cache",
                                        folder.resolve("etc").toString())));
        return builder;
    }

    private static Container container() {
        return manifests
                .one(Deployment.class, "token-cache")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
    }

    private static Response call(String caller, String path, Map<String, ?> body) {
        return RestAssured.given()
                .baseUri(service.baseUri().toString())
                .auth()
                .preemptive()
                .basic(caller, secrets.ofCaller(caller))
                .contentType(ContentType.JSON)
                .body(body)
                .post(path);
    }

    /** No drill has run yet. TC404: this machine may be busy. */
    @Test
    void shouldHaveNothingElseForDoctorToFind() {
        List<String> findings = RestAssured.given()
                .baseUri(service.baseUri().toString())
                .auth()
                .preemptive()
                .basic("ops", secrets.ofCaller("ops"))
                .get("/v1/admin/doctor?skip=TC404")
                .then()
                .statusCode(200)
                .extract()
                .path("findings.collect { it.code + ' ' + it.subject + ' ' + it.evidence }");
        assertThat(findings).containsExactly("TC505 service no drill is recorded");
    }

    @Test
    void shouldServeTheCallersOfMakeSecrets() {
        String token = call("login", "/v1/tokens", Map.of("sub", "alice"))
                .then()
                .statusCode(201)
                .extract()
                .path("token");

        Response validated = call("web", "/v1/tokens/validate", Map.of("token", token));

        assertThat(validated.statusCode()).isEqualTo(200);
        assertThat(validated.<Boolean>path("active")).isTrue();
        assertThat(call("web", "/v1/tokens", Map.of("sub", "alice")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldReplicateEveryWrite() {
        Response created = call("login", "/v1/tokens", Map.of("sub", "bob"));

        // Absent if the write reached the replica that the settings require, and false otherwise.
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.<Boolean>path("replicated")).isNull();
        assertThat(manifests.settings().getData().get("redis.properties")).contains("tokencache.redis.min-replicas=1");
    }

    @Test
    void shouldKnowEverySettingAndLogNoSecret() {
        assertThat(service.output()).doesNotContain("Unrecognized configuration key");
        assertThat(service.output()).doesNotContain(secrets.all().toArray(String[]::new));
        assertThat(service.output()).doesNotContain(redis.names());
    }

    @Test
    void shouldServeEveryProbeAndPrometheus() {
        String metrics = KubernetesManifests.render(Path.of("deploy/kubernetes/monitoring"))
                .one(ServiceMonitor.class, "token-cache")
                .getSpec()
                .getEndpoints()
                .get(0)
                .getPath();
        List<String> paths = probes().map(Probe::getHttpGet)
                .peek(probe -> assertThat(probe.getPort().getStrVal()).isEqualTo("management"))
                .map(HTTPGetAction::getPath)
                .toList();

        assertThat(paths).hasSize(3).doesNotHaveDuplicates();
        assertThat(Stream.concat(paths.stream(), Stream.of(metrics))).allSatisfy(path -> assertThat(
                        RestAssured.get(service.managementUri().resolve(path)).statusCode())
                .isEqualTo(200));
    }

    private static Stream<Probe> probes() {
        return Stream.of(
                container().getStartupProbe(),
                container().getReadinessProbe(),
                container().getLivenessProbe());
    }

    @Test
    void shouldDeclareThePortsOfTheService() {
        int api = KnownSettings.shipped(VertxHttpConfig.class).port();
        int management = KnownSettings.shipped(ManagementConfig.class).port();

        assertThat(container().getPorts().stream()
                        .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort)))
                .isEqualTo(Map.of("http", api, "management", management));
        assertThat(manifests
                        .one(Service.class, "token-cache")
                        .getSpec()
                        .getPorts()
                        .get(0)
                        .getPort())
                .isEqualTo(api);
    }
}
