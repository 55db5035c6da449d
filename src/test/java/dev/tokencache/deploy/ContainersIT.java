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
import java.util.ArrayList;
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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Builds {@code src/main/docker/Dockerfile.jvm} and runs it with as few rights as {@code deploy} gives it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainersIT {

    private static final int MEBIBYTE = 1 << 20;
    private static final int MEMORY = 256 * MEBIBYTE;
    private static final Path APPLICATION = Path.of("target/quarkus-app");
    private static final Pattern HEAP = Pattern.compile("jvm_memory_max_bytes\\{area=\"heap\",[^}]*} (\\S+)");

    private Containers containers;
    private TestCluster redis;
    private String image;

    @TempDir
    private Path settings;

    @BeforeAll
    void build() {
        containers = Containers.of(getClass());
        image = Containers.image(kind());
        redis = TestCluster.start(ClusterSpec.ofSixNodes("container").withNodes(1, 0));
    }

    @AfterAll
    void stop() {
        if (redis != null) {
            redis.close();
        }
        if (containers != null) {
            containers.close();
        }
    }

    /** Which Dockerfile. */
    String kind() {
        return "jvm";
    }

    /** Options of podman, the image, and options of the program, which refuses to start without a matching archive. */
    List<String> program(String image) {
        return List.of("--env=JAVA_TOOL_OPTIONS=-XX:AOTMode=on", image);
    }

    /** The files of the service in the image. */
    List<String> files() throws IOException {
        try (Stream<Path> packaged = Files.walk(APPLICATION)) {
            return Stream.concat(
                            packaged.filter(Files::isRegularFile)
                                    .map(file -> APPLICATION.relativize(file).toString())
                                    .filter(file -> !file.endsWith(".txt")),
                            Stream.of("app.aot"))
                    .map(file -> "/opt/token-cache/" + file)
                    .toList();
        }
    }

    void assertThatHalfOfTheMemoryIsHeap(ServiceProcess service) {
        String metrics =
                RestAssured.get(service.managementUri().resolve("/q/metrics")).asString();
        double heap = HEAP.matcher(metrics)
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sum();
        assertThat(heap).isBetween(MEMORY / 3.0, MEMORY / 2.0);
    }

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
        List<String> arguments = new ArrayList<>(List.of(
                "--name=" + containers.project(),
                "--network=host",
                "--read-only",
                "--read-only-tmpfs=false",
                "--tmpfs=/tmp",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges",
                "--memory=" + MEMORY,
                "--volume=" + settings + ":/run/secrets:ro",
                "--env=QUARKUS_CONFIG_LOCATIONS=file:/run/secrets"));
        arguments.addAll(program(image));
        ServiceProcess service = ServiceProcess.launch(containers.command(arguments.toArray(String[]::new)));
        service.awaitStarted();
        return service;
    }

    private String exec(String... command) {
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
            assertThatHalfOfTheMemoryIsHeap(service);
            assertThat(service.output()).doesNotContain("WARN", "ERROR");
            assertThat(Containers.podman("inspect", "--format", "{{.State.OOMKilled}}", containers.project()))
                    .isEqualTo("false");
            assertThat(service.stop()).isEqualTo(143);
        }
    }

    /** The training leaves nothing but the archive, neither Redis nor temporary files. */
    @Test
    void shouldContainNoOtherFiles() throws Exception {
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

        assertThat(found).containsExactlyInAnyOrderElementsOf(files());
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
