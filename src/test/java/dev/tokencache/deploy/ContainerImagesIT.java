package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.management.ManagementConfig;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks {@code src/main/docker} without a container engine. {@link ContainersIT} builds and runs an image. */
class ContainerImagesIT {

    private static final Path FOLDER = Path.of("src/main/docker");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

    @TempDir
    private Path image;

    /** The instructions, with continuation lines joined. */
    private static List<String> instructions(String dockerfile) throws IOException {
        return Files.readString(FOLDER.resolve(dockerfile))
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    static List<String> arguments(String dockerfile, String instruction) throws IOException {
        return instructions(dockerfile).stream()
                .filter(line -> line.startsWith(instruction + " "))
                .map(line -> line.substring(instruction.length() + 1))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void shouldPinTheBaseImageAndRunUnprivileged(String dockerfile) throws Exception {
        assertThat(arguments(dockerfile, "FROM"))
                .filteredOn(image -> image.contains(":"))
                .isNotEmpty()
                .allMatch(image ->
                        image.matches("[a-z/-]+:[a-z0-9._-]*[0-9]{2}[a-z0-9._-]*@sha256:[0-9a-f]{64}( AS [a-z]+)?"));
        // As in the Kubernetes manifests. Kubernetes can verify only a numeric user as not root.
        assertThat(arguments(dockerfile, "USER")).containsExactly("10001:10001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void shouldExposeThePortsOfTheService(String dockerfile) throws Exception {
        VertxHttpConfig http = KnownSettings.shipped(VertxHttpConfig.class);
        int management = KnownSettings.shipped(ManagementConfig.class).port();

        assertThat(arguments(dockerfile, "EXPOSE"))
                .containsExactly(http.port() + " " + http.sslPort() + " " + management);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile.jvm", "Dockerfile.native"})
    void shouldBeLabelledWithThisVersion(String dockerfile) throws Exception {
        String version = arguments(dockerfile, "ARG").stream()
                .filter(argument -> argument.startsWith("VERSION="))
                .findFirst()
                .orElseThrow()
                .substring("VERSION=".length());

        assertThat(Path.of("pom.xml"))
                .content()
                .contains("<artifactId>token-cache</artifactId>\n  <version>" + version + "</version>");
        assertThat(arguments(dockerfile, "LABEL"))
                .singleElement()
                .asString()
                .contains(Stream.of("title", "description", "licenses", "version", "revision", "source")
                        .map(name -> "org.opencontainers.image." + name + "=")
                        .toArray(String[]::new));
    }

    /** Copies the files that the Dockerfile copies, and runs its entry point. {@link ContainersIT} builds the image. */
    @Test
    void shouldStartFromTheCopiedFiles() throws Exception {
        assertThat(arguments("Dockerfile.jvm", "COPY"))
                .filteredOn(copied -> !copied.startsWith("--from="))
                .hasSize(5)
                .allSatisfy(this::copy);
        // FastStartIT tests what this script does.
        assertThat(arguments("Dockerfile.jvm", "RUN")).containsExactly("[\"train\", \".\"]");
        List<String> command = new ArrayList<>(entryPoint("Dockerfile.jvm"));
        assertThat(command).startsWith("java").contains("-XX:MaxRAMPercentage=50", "-XX:AOTCache=app.aot");
        if (Runtime.version().feature() < 25) {
            command.remove("-XX:AOTCache=app.aot");
        }
        command.set(0, ProcessHandle.current().info().command().orElse("java"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(image.toFile());
        // Makes the JVM print the flags in effect, to verify the options above.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:+PrintFlagsFinal");
        builder.environment().putAll(environment());

        try (ServiceProcess service = ServiceProcess.launch(builder)) {
            service.awaitStarted();

            assertThat(service.output())
                    .containsPattern("MaxRAMPercentage += 50\\.0")
                    .containsPattern("UseParallelGC += true")
                    .containsPattern("UsePerfData += false")
                    .containsPattern("ExitOnOutOfMemoryError += true");
            assertThat(RestAssured.get(service.managementUri().resolve("/q/health/live"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private void copy(String sourceAndTarget) throws IOException {
        String[] words = sourceAndTarget.split(" ", -1);
        assertThat(words).hasSize(2);
        Path target = image.resolve(words[1].replaceAll("^/.*", "root")).normalize();
        List<Path> sources = matching(words[0]);
        assertThat(sources).isNotEmpty().allMatch(ContainerImagesIT::isInContext);
        for (Path source : sources) {
            if (Files.isDirectory(source)) {
                copyTree(source, target);
            } else {
                Files.createDirectories(target);
                Files.copy(source, target.resolve(source.getFileName()));
            }
        }
    }

    static List<Path> matching(String glob) throws IOException {
        if (glob.endsWith("/")) {
            return List.of(Path.of(glob));
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.list(Path.of(glob).getParent())) {
            return files.filter(matcher::matches).toList();
        }
    }

    private static void copyTree(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                assertThat(file).matches(ContainerImagesIT::isInContext);
                Path copy = target.resolve(source.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** Whether {@code .dockerignore} includes a file: the last matching line decides. */
    private static boolean isInContext(Path file) {
        boolean isIn = true;
        try {
            for (String line : Files.readAllLines(Path.of(".dockerignore"))) {
                String pattern = line.startsWith("!") ? line.substring(1) : line;
                if (!line.startsWith("#") && matches(pattern, file)) {
                    isIn = line.startsWith("!");
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return isIn;
    }

    /** A pattern also matches everything below a matching folder. */
    private static boolean matches(String pattern, Path file) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        for (Path part = file; part != null; part = part.getParent()) {
            if (matcher.matches(part)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldSendOnlyThePackageToTheBuild() {
        assertThat(List.of("target/quarkus-app/quarkus-run.jar", "target/token-cache-1.0.0-runner"))
                .allMatch(file -> isInContext(Path.of(file)));
        assertThat(List.of("pom.xml", ".git/config", "deploy/compose/secrets/redis-password", "target/classes/a"))
                .noneMatch(file -> isInContext(Path.of(file)));
    }

    @Test
    void shouldLimitTheHeapOfTheNativeExecutable() throws Exception {
        assertThat(entryPoint("Dockerfile.native")).containsExactly("./token-cache", "-XX:MaximumHeapSizePercent=50");
        assertThat(arguments("Dockerfile.native", "COPY"))
                .singleElement()
                .asString()
                .endsWith("target/*-runner token-cache");
    }

    static List<String> entryPoint(String dockerfile) throws IOException {
        Matcher words = QUOTED.matcher(arguments(dockerfile, "ENTRYPOINT").get(0));
        return words.results().map(word -> word.group(1)).toList();
    }

    static Map<String, String> environment() {
        return Map.of(
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", "0",
                "QUARKUS_MANAGEMENT_HOST", "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT", "0",
                "QUARKUS_REDIS_HOSTS", "redis://127.0.0.1:1",
                "TOKENCACHE_TOKEN_KEYS_K1", "A".repeat(43) + "=",
                "TOKENCACHE_TOKEN_ACTIVE_KEY", "k1",
                "TOKENCACHE_CALLERS_WEB_SECRET_SHA256", "0".repeat(64),
                "TOKENCACHE_CALLERS_WEB_ROLES", "validate");
    }
}
