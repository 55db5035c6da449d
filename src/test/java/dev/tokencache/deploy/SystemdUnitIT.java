package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import io.quarkus.runtime.shutdown.ShutdownConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks {@code deploy/systemd} with systemd's own tools, and its configuration with the service. */
class SystemdUnitIT {

    static final Path UNIT = Path.of("deploy/systemd/token-cache.service");
    private static final Path FOR_THE_JAR = Path.of("deploy/systemd/jar.conf");

    /** Ten times systemd's exposure level: 0 is no exposure, 100 is the maximum. */
    private static final int MAX_EXPOSURE = 15;

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireSystemd() {
        ExternalTool.require("systemd-analyze");
    }

    /** Copies the unit, optionally with the drop-in for the jar. Replaces the program, which is not installed here. */
    private Path unit(boolean withJar) throws IOException {
        Path unit = folder.resolve("token-cache.service");
        Files.writeString(
                unit,
                Files.readString(UNIT).replace("ExecStart=/usr/lib/token-cache/token-cache", "ExecStart=/bin/true"));
        if (withJar) {
            Path dropIns = Files.createDirectory(folder.resolve("token-cache.service.d"));
            Files.writeString(
                    dropIns.resolve("jar.conf"), Files.readString(FOR_THE_JAR).replace("/usr/bin/java", "/bin/true"));
        }
        return unit;
    }

    @Test
    void shouldBeAValidUnit() throws Exception {
        assertThat(verify(unit(false))).isEmpty();
    }

    @Test
    void shouldBeAValidUnitWithTheJar() throws Exception {
        assertThat(verify(unit(true))).isEmpty();
    }

    private static String verify(Path unit) {
        ExternalTool.Result result = ExternalTool.run("systemd-analyze", "--man=no", "verify", unit.toString());
        return result.exit() == 0 ? result.output() + result.errors() : "exit " + result.exit() + result.errors();
    }

    @Test
    void shouldHaveALowExposure() throws Exception {
        ExternalTool.Result result = security(unit(false));

        assertThat(result.exit()).as(result.output()).isZero();
    }

    @Test
    void shouldHaveALowExposureWithTheJar() throws Exception {
        ExternalTool.Result result = security(unit(true));

        assertThat(result.exit()).as(result.output()).isZero();
    }

    private static ExternalTool.Result security(Path unit) {
        return ExternalTool.run(
                "systemd-analyze",
                "security",
                "--offline=true",
                "--threshold=" + MAX_EXPOSURE,
                "--no-pager",
                unit.toString());
    }

    @Test
    void shouldGiveTheServiceEnoughTimeToShutDown() {
        ShutdownConfig shutdown = KnownSettings.shipped(ShutdownConfig.class);
        Duration ending = shutdown.delay().orElseThrow().plus(shutdown.timeout().orElseThrow());

        assertThat(Duration.ofSeconds(
                        Long.parseLong(values(UNIT, "TimeoutStopSec").get(0))))
                .isGreaterThanOrEqualTo(ending.plusSeconds(5));
        // The exit status of a JVM and of a native executable after SIGTERM.
        assertThat(values(UNIT, "SuccessExitStatus")).containsExactly("143");
    }

    /** Starts the service as the unit does, with the settings and credentials where systemd would put them. */
    @Test
    void shouldStartFromItsCredentials() throws Exception {
        DeploymentSecrets secrets = DeploymentSecrets.make(folder.resolve("secrets"), "web=validate");
        Path credentials = Files.createDirectory(folder.resolve("credentials"));
        for (String credential : values(UNIT, "LoadCredential")) {
            String[] idAndSource = credential.split(":", 2);
            Path source = Path.of(idAndSource[1]);
            assertThat(source.getParent()).isEqualTo(Path.of("/etc/token-cache/secrets"));
            Files.writeString(
                    credentials.resolve(idAndSource[0]),
                    secrets.text(source.getFileName().toString()));
        }
        Path settings = Files.writeString(
                folder.resolve("application.properties"), "quarkus.redis.hosts=redis://127.0.0.1:1\n");

        ProcessBuilder builder = new ProcessBuilder(command())
                .directory(Files.createDirectory(folder.resolve("state")).toFile());
        builder.environment().putAll(environment(credentials, settings));
        try (ServiceProcess service = ServiceProcess.launch(builder)) {
            service.awaitStarted();

            assertThat(service.output()).doesNotContain("Unrecognized configuration key");
            reload(service, credentials.resolve("callers.properties"));
            assertThat(service.output()).doesNotContain(secrets.all().toArray(String[]::new));
            assertThat(service.stop()).isEqualTo(143);
        }
    }

    /** Changes a credential as systemd does, and sends the signal that the unit names. */
    private static void reload(ServiceProcess service, Path callers) throws Exception {
        Files.writeString(callers, Files.readString(callers) + "tokencache.callers.web.roles=validate,revoke\n");
        List<String> command = new ArrayList<>(List.of(values(UNIT, "ExecReload")
                .get(0)
                .replace("$MAINPID", "" + service.processId())
                .split(" ")));

        assertThat(ExternalTool.run(command.toArray(String[]::new)).exit()).isZero();

        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> service.output()
                .contains("kinds=callers"));
    }

    /** The command for the jar, with the options of the drop-in. */
    List<String> command() {
        List<String> command = new ArrayList<>(List.of(values(FOR_THE_JAR, "ExecStart")
                .get(1)
                .replace("/usr/lib/token-cache/quarkus-app/quarkus-run.jar", System.getProperty("tokencache.jar"))
                .split(" ")));
        assertThat(command.get(0)).isEqualTo("/usr/bin/java");
        command.set(0, ProcessHandle.current().info().command().orElse("java"));
        return command;
    }

    private static Map<String, String> environment(Path credentials, Path settings) {
        Map<String, String> environment = values(UNIT, "Environment").stream()
                .map(assignment -> assignment.split("=", 2))
                .collect(Collectors.toMap(nameAndValue -> nameAndValue[0], nameAndValue -> nameAndValue[1]
                        .replace("/etc/token-cache/application.properties", settings.toString())
                        .replace("%d", credentials.toString())));
        assertThat(environment.keySet()).isNotEmpty().allMatch(KnownSettings::hasVariable);
        environment.putAll(Map.of(
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", "0",
                "QUARKUS_MANAGEMENT_HOST", "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT", "0"));
        return environment;
    }

    static List<String> values(Path unit, String key) {
        try {
            return Files.readAllLines(unit).stream()
                    .filter(line -> line.startsWith(key + "="))
                    .map(line -> line.substring(key.length() + 1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
