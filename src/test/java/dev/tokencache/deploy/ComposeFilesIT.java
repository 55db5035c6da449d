package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import io.quarkus.runtime.shutdown.ShutdownConfig;
import io.quarkus.vertx.http.runtime.management.ManagementConfig;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Checks the files of {@code deploy/compose} without a container engine. {@link ComposeIT} runs them. */
@SuppressWarnings("unchecked")
class ComposeFilesIT {

    private static final Path FOLDER = Path.of("deploy/compose");
    private static final List<String> REPLICAS = List.of("token-cache-1", "token-cache-2");

    /** The Compose keys in use. A key that is not listed is treated as a typing error. */
    private static final Set<String> KEYS = Set.of(
            "build",
            "cap_drop",
            "command",
            "cpus",
            "depends_on",
            "entrypoint",
            "environment",
            "healthcheck",
            "image",
            "mem_limit",
            "networks",
            "ports",
            "read_only",
            "restart",
            "secrets",
            "security_opt",
            "stop_grace_period",
            "tmpfs",
            "user",
            "volumes");

    private static Map<String, Object> compose;
    private static Map<String, Map<String, Object>> services;

    @TempDir
    private Path folder;

    @BeforeAll
    static void parse() throws IOException {
        compose = yaml(FOLDER.resolve("compose.yaml"));
        services = (Map<String, Map<String, Object>>) compose.get("services");
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options)).load(Files.readString(file));
    }

    private static Map<String, Object> service(String name) {
        return services.get(name);
    }

    /** The elements of a list or the keys of a map: Compose often allows both. */
    private static Collection<String> names(Map<String, Object> service, String key) {
        Object value = service.getOrDefault(key, List.of());
        return value instanceof Map<?, ?> map ? ((Map<String, Object>) map).keySet() : (List<String>) value;
    }

    private static Map<String, String> environment(String service) {
        return (Map<String, String>) service(service).getOrDefault("environment", Map.of());
    }

    @Test
    void shouldHaveAllServices() {
        assertThat(services)
                .containsKeys("token-cache-1", "token-cache-2", "nginx", "postgres", "prometheus", "grafana")
                .containsKeys(redisNodes().toArray(String[]::new));
        assertThat(services.values()).allSatisfy(service -> {
            assertThat(KEYS).containsAll(service.keySet());
            assertThat((String) service.get("image"))
                    .matches("token-cache:.*|[a-z/-]+:v?[0-9]+\\.[0-9.]+(-bookworm)?@sha256:[0-9a-f]{64}");
        });
    }

    private static List<String> redisNodes() {
        return IntStream.rangeClosed(1, 6).mapToObj(node -> "redis-" + node).toList();
    }

    @Test
    void shouldReferOnlyToDefinedServicesNetworksVolumesAndSecrets() {
        for (Map<String, Object> service : services.values()) {
            assertThat(services.keySet()).containsAll(names(service, "depends_on"));
            assertThat(defined("networks")).containsAll(names(service, "networks"));
            assertThat(defined("secrets")).containsAll(names(service, "secrets"));
            assertThat(defined("volumes")).containsAll(volumes(service, false));
        }
        assertThat(used("networks")).containsExactlyInAnyOrderElementsOf(defined("networks"));
        assertThat(used("secrets")).containsExactlyInAnyOrderElementsOf(defined("secrets"));
    }

    private static Set<String> defined(String kind) {
        return ((Map<String, Object>) compose.get(kind)).keySet();
    }

    private static Set<String> used(String kind) {
        return services.values().stream()
                .flatMap(service -> names(service, kind).stream())
                .collect(Collectors.toSet());
    }

    /** The volume sources of a service: either files of this repository or volume names. */
    private static Set<String> volumes(Map<String, Object> service, boolean isFile) {
        return names(service, "volumes").stream()
                .map(volume -> volume.split(":", 2)[0])
                .filter(source -> source.startsWith(".") == isFile)
                .collect(Collectors.toSet());
    }

    @Test
    void shouldMountAndBuildFromExistingFiles() {
        Path nginx = Path.of("../nginx");
        Stream<String> mounted = services.values().stream()
                .flatMap(service -> volumes(service, true).stream())
                // The web server files may be missing.
                .filter(source -> !source.startsWith("../nginx/") || Files.exists(FOLDER.resolve(nginx)));
        assertThat(mounted).isNotEmpty().allSatisfy(source -> assertThat(FOLDER.resolve(source))
                .exists());
        for (String replica : REPLICAS) {
            Map<String, String> build = (Map<String, String>) service(replica).get("build");
            Path context = FOLDER.resolve(build.get("context"));
            assertThat(context.resolve("pom.xml")).exists();
            assertThat(context.resolve(build.get("dockerfile"))).exists();
        }
    }

    @Test
    void shouldMountTheSecretsThatMakeSecretsCreates() {
        ExternalTool.Result made =
                DeploymentSecrets.run("--journal", folder.resolve("s").toString(), "web=validate");
        assertThat(made.exit()).isZero();

        Map<String, Map<String, String>> secrets = (Map<String, Map<String, String>>) compose.get("secrets");
        Set<String> files = new DeploymentSecrets(folder.resolve("s")).files().keySet();

        assertThat(secrets).allSatisfy((name, secret) -> {
            assertThat(secret.get("file")).isEqualTo("./secrets/" + name);
            assertThat(files).contains(name);
        });
        // Secrets are passed as files, never in the environment.
        assertThat(services.keySet().stream().flatMap(service -> environment(service).keySet().stream()))
                .noneMatch(variable -> variable.contains("PASSWORD") && !variable.endsWith("_FILE"));
    }

    @Test
    void shouldUseOnlyKnownSettings() {
        for (String replica : REPLICAS) {
            assertThat(environment(replica).keySet()).isNotEmpty().allMatch(KnownSettings::hasVariable);
        }
    }

    @Test
    void shouldConfigureTheServiceWithEveryRedisNode() {
        String nodes = redisNodes().stream().map(node -> node + ":6379").collect(Collectors.joining(" "));

        assertThat(List.of(
                        environment("token-cache-1").get("QUARKUS_REDIS_HOSTS").split(",")))
                .isEqualTo(redisNodes().stream()
                        .map(node -> "redis://token-cache@" + node + ":6379")
                        .toList());
        assertThat(redisNodes()).allSatisfy(node -> assertThat(environment(node))
                .containsEntry("REDIS_USER", "operator")
                .containsKey("REDIS_SERVICE_PASSWORD_FILE"));
        assertThat(((List<String>) service("redis-cluster").get("command")).get(2))
                .contains("form-cluster " + nodes);
        assertThat(redisNodes())
                .allMatch(node -> service(node).get("command").equals(List.of("/etc/redis/start-node")))
                .allMatch(node -> names(service(node), "volumes").contains(node + ":/data"));
    }

    /** Runs the sed command that adapts the shipped configuration for nginx. */
    @Test
    void shouldLetNginxUseBothInstances() {
        Path shipped = Path.of("deploy/nginx/token-cache.conf");
        assumeTrue(Files.exists(shipped), "the web server files are missing");
        String script = ((List<String>) service("nginx").get("command")).get(2);
        assertThat(script).startsWith("sed ").endsWith(" && exec nginx -g 'daemon off;'");

        ExternalTool.Result edited = ExternalTool.run(
                "bash",
                "-c",
                script.replaceAll(" > .*", "").replace("/etc/nginx/token-cache.conf", shipped.toString()));

        assertThat(edited.output())
                .contains(
                        "server token-cache-1:8080 fail_timeout=1s;",
                        "server token-cache-2:8080 fail_timeout=1s;",
                        "server grafana:3000;")
                .doesNotContain("127.0.0.1");
    }

    @Test
    void shouldRunOurContainersWithoutPrivileges() {
        assertThat(Stream.concat(REPLICAS.stream(), redisNodes().stream()).map(ComposeFilesIT::service))
                .allSatisfy(service -> {
                    assertThat(service.get("read_only")).isEqualTo(true);
                    assertThat(service.get("cap_drop")).isEqualTo(List.of("ALL"));
                    assertThat(service.get("security_opt")).isEqualTo(List.of("no-new-privileges:true"));
                    assertThat((String) service.get("user")).startsWith("${OWNER:?");
                });
    }

    @Test
    void shouldPublishPortsOnLoopbackOnly() {
        assertThat(services.values().stream().flatMap(service -> names(service, "ports").stream()))
                .hasSize(3)
                .allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void shouldGiveTheServiceEnoughTimeToShutDown() {
        ShutdownConfig shutdown = KnownSettings.shipped(ShutdownConfig.class);
        Duration ending = shutdown.delay().orElseThrow().plus(shutdown.timeout().orElseThrow());

        for (String replica : REPLICAS) {
            assertThat(Duration.parse("PT" + service(replica).get("stop_grace_period")))
                    .isGreaterThanOrEqualTo(ending.plusSeconds(5));
        }
    }

    @Test
    void shouldScrapeEachReplica() throws Exception {
        List<Map<String, Object>> jobs = (List<Map<String, Object>>)
                yaml(FOLDER.resolve("prometheus.yml")).get("scrape_configs");
        int management = KnownSettings.shipped(ManagementConfig.class).port();

        assertThat(jobs).singleElement().satisfies(job -> {
            assertThat(job.get("metrics_path")).isEqualTo("/q/metrics");
            assertThat(((List<Map<String, Object>>) job.get("static_configs"))
                            .get(0)
                            .get("targets"))
                    .isEqualTo(REPLICAS.stream()
                            .map(replica -> replica + ":" + management)
                            .toList());
        });
    }

    /** Runs the health check against a service, as the container engine runs it inside the container. */
    @Test
    void shouldCheckTheHealthOfARunningService() {
        Map<String, String> settings = new TreeMap<>(ServiceProcess.callerAndKey());
        settings.put("quarkus.redis.hosts", "redis://127.0.0.1:1");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            int port = service.managementUri().getPort();
            assertThat(RestAssured.get(service.managementUri().resolve("/q/health/ready"))
                            .statusCode())
                    .isEqualTo(200);

            assertThat(healthOf(port, "/q/health/ready")).isZero();
            assertThat(healthOf(port, "/q/health/none")).isNotZero();
            service.kill9();
            assertThat(healthOf(port, "/q/health/ready")).isNotZero();
        }
    }

    private static int healthOf(int port, String path) {
        String test = ((Map<String, String>) service("token-cache-1").get("healthcheck")).get("test");
        assertThat(test).contains("/127.0.0.1/9000 ", " /q/health/ready ");
        String script = test.replace("/9000 ", "/" + port + " ").replace("/q/health/ready", path);
        return ExternalTool.run("sh", "-c", script).exit();
    }
}
