package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Builds {@code src/main/docker/Dockerfile.jvm} and runs it with as few rights as {@code deploy} gives it. */
class ContainersIT {

    private static final int MEBIBYTE = 1 << 20;
    private static final int MEMORY = 256 * MEBIBYTE;
    private static final Pattern HEAP = Pattern.compile("jvm_memory_max_bytes\\{area=\"heap\",[^}]*} (\\S+)");

    private static Containers containers;
    private static TestCluster redis;
    private static String image;

    @TempDir
    private Path settings;

    @BeforeAll
    static void build() {
        containers = Containers.of(ContainersIT.class);
        image = Containers.image("jvm");
        redis = TestCluster.start(ClusterSpec.ofSixNodes("container").withNodes(1, 0));
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
        if (containers != null) {
            containers.close();
        }
    }

    /** A container whose program refuses to start without a matching archive. */
    private ServiceProcess service() throws IOException {
        Properties properties = new Properties();
        properties.putAll(ServiceProcess.settings(redis));
        properties.putAll(Map.of(
                "quarkus.http.host", "127.0.0.1",
                "quarkus.http.port", "0",
                "quarkus.management.host", "127.0.0.1",
                "quarkus.management.port", "0",
                "quarkus.shutdown.delay", "0S",
                "tokencache.warm-up.max", "0s"));
        try (var file = Files.newOutputStream(settings.resolve("application.properties"))) {
            properties.store(file, null);
        }
        // The service is another user.
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString("rwxr-xr-x"));
        ServiceProcess service = ServiceProcess.launch(containers.command(
                "--name=" + containers.project(),
                "--network=host",
                "--read-only",
                "--read-only-tmpfs=false",
                "--tmpfs=/tmp",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges",
                "--memory=" + MEMORY,
                "--volume=" + settings + ":/run/secrets:ro",
                "--env=QUARKUS_CONFIG_LOCATIONS=file:/run/secrets",
                "--env=JAVA_TOOL_OPTIONS=-XX:AOTMode=on",
                image));
        service.awaitStarted();
        return service;
    }

    private static String exec(String... command) {
        return Containers.podman(Stream.concat(Stream.of("exec", containers.project()), Stream.of(command))
                .toArray(String[]::new));
    }

    @Test
    void shouldServeWithFewRightsAndLittleMemory() throws Exception {
        try (ServiceProcess service = service()) {
            ServiceApi api = ServiceApi.of(service);
            String token = api.tokenFor("alice");
            for (int i = 0; i < 50; i++) {
                assertThat(api.isActive(token)).isTrue();
            }

            assertThat(exec("cat", "/proc/1/status"))
                    .containsPattern("Uid:\\s+10001\\s+10001\\s")
                    .containsPattern("CapEff:\\s+0{16}\n")
                    .containsPattern("CapBnd:\\s+0{16}\n")
                    .containsPattern("NoNewPrivs:\\s+1\n")
                    .containsPattern("Seccomp:\\s+2\n");
            assertThat(Containers.run(
                                    Map.of(),
                                    Containers.PODMAN,
                                    "exec",
                                    "--user=0",
                                    containers.project(),
                                    "touch",
                                    "/opt/a")
                            .errors())
                    .contains("Read-only file system");
            assertThat(maxHeap(service)).isBetween(MEMORY / 3.0, MEMORY / 2.0);
            assertThat(service.output()).doesNotContain("WARN", "ERROR");
            assertThat(Containers.podman("inspect", "--format", "{{.State.OOMKilled}}", containers.project()))
                    .isEqualTo("false");
            assertThat(service.stop()).isEqualTo(143);
        }
    }

    private static double maxHeap(ServiceProcess service) {
        String metrics =
                RestAssured.get(service.managementUri().resolve("/q/metrics")).asString();
        return HEAP.matcher(metrics)
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
    }

    /** The training leaves nothing but the archive, neither Redis nor temporary files. */
    @Test
    void shouldContainThePackageAndTheArchiveAlone() throws Exception {
        List<String> files;
        Path application = Path.of("target/quarkus-app");
        try (Stream<Path> packaged = Files.walk(application)) {
            files = packaged.filter(Files::isRegularFile)
                    .map(file -> "/opt/token-cache/" + application.relativize(file))
                    .filter(file -> !file.endsWith(".txt"))
                    .toList();
        }

        List<String> found = Containers.podman(
                        "run",
                        "--rm",
                        "--entrypoint=find",
                        image,
                        "/opt/token-cache",
                        "/tmp",
                        "/usr/local/bin",
                        "!",
                        "-type",
                        "d")
                .lines()
                .toList();

        assertThat(found).containsAll(files).hasSize(files.size() + 1).contains("/opt/token-cache/app.aot");
    }

    @Test
    void shouldBeLabelled() {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = Pattern.compile("org\\.opencontainers\\.image\\.(\\w+)=([^\n]*)")
                .matcher(Containers.podman(
                        "image", "inspect", "--format", "{{range $k, $v := .Labels}}{{$k}}={{$v}}\n{{end}}", image));
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }

        assertThat(labels)
                .containsEntry("title", "token-cache")
                .containsEntry("licenses", "Apache-2.0")
                .containsEntry("version", "1.0.0")
                .containsKeys("description", "source", "revision");
        assertThat(labels.get("revision")).isNotEmpty();
    }
}
