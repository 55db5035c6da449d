package dev.tokencache.deploy;

import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Installs {@code deploy/systemd} in a container that systemd has booted, next to Debian's Redis, and runs it in its sandbox. */
class SystemdContainerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern DROP_IN =
            Pattern.compile("```ini\\s+# \\S+rotations.conf\\s+(\\[Service]\\s+SupplementaryGroups[^`]+)```");
    private static final String UNITS = "/etc/systemd/system/";

    @TempDir
    private Path etc;

    private Containers containers;
    private DeploymentSecrets secrets;

    @BeforeEach
    void boot() throws IOException {
        containers = Containers.of(getClass());
        // Units read it as users of their own.
        Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxr-xr-x"));
        secrets = DeploymentSecrets.make(etc.resolve("secrets"), "login=issue,revoke", "web=validate");
        // Debian's Redis is a single server without a password.
        Path redis = secrets.folder().resolve("redis.properties");
        Files.writeString(redis, Files.readString(redis).replaceAll("(?m)^quarkus.redis.password=.*\n", ""));
        Files.writeString(
                etc.resolve("application.properties"),
                "quarkus.redis.hosts=redis://127.0.0.1:6379\nquarkus.redis.client-type=standalone\n"
                        + "tokencache.warm-up.max=0s\n");
        containers.start(Stream.of(
                        Stream.of(
                                "--name=" + containers.project(),
                                "--systemd=always",
                                "--privileged",
                                "--memory=1g",
                                "--volume=" + etc + ":/etc/token-cache",
                                "--volume=" + SystemdUnitIT.UNIT.toAbsolutePath() + ":" + UNITS
                                        + "token-cache.service:ro"),
                        program().stream().map(volume -> "--volume=" + volume + ":ro"),
                        Stream.of(
                                Containers.base("eclipse-temurin"),
                                "sh",
                                "-c",
                                // As on a machine: units see mounts of systemd. Sysctls of this container are those of
                                // the machine.
                                "mount --make-rshared / && ln -s $JAVA_HOME/bin/java /usr/bin/"
                                        + " && systemctl --root=/ mask systemd-sysctl nginx postgresql"
                                        + " && exec /lib/systemd/systemd"))
                .flatMap(arguments -> arguments)
                .toArray(String[]::new));
        awaitThat(() -> run("systemctl", "is-active", "redis-server").exit() == 0);
    }

    /** What the README installs in addition to the unit, as {@code SOURCE:TARGET}. */
    List<String> program() {
        return List.of(
                Path.of("target/quarkus-app").toAbsolutePath() + ":/usr/lib/token-cache/quarkus-app",
                Path.of("deploy/systemd/jar.conf").toAbsolutePath() + ":" + UNITS + "token-cache.service.d/jar.conf");
    }

    @AfterEach
    void shutDown() {
        if (containers != null) {
            containers.close();
        }
    }

    private static void awaitThat(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(condition);
    }

    private ExternalTool.Result run(String... command) {
        return Containers.run(
                Map.of(),
                Containers.PODMAN,
                Stream.concat(Stream.of("exec", containers.project()), Stream.of(command))
                        .toArray(String[]::new));
    }

    private String bash(String script) {
        ExternalTool.Result result = run("bash", "-ec", script);
        assertThat(result.exit()).as(result.output() + result.errors()).isZero();
        return result.output().strip();
    }

    private String log() {
        return bash("journalctl --unit=token-cache --output=cat --no-pager");
    }

    private void awaitStart() {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(log())
                .contains("Listening on"));
    }

    private Response create(String caller) {
        String address =
                Containers.podman("inspect", "--format", "{{.NetworkSettings.IPAddress}}", containers.project());
        return RestAssured.given()
                .baseUri("http://" + address + ":8080")
                .auth()
                .preemptive()
                .basic(caller, secrets.ofCaller(caller))
                .contentType(ContentType.JSON)
                .body(Map.of("sub", "alice"))
                .post("/v1/tokens");
    }

    @Test
    void shouldServeInItsSandbox() {
        bash("systemctl enable --now token-cache");
        awaitStart();
        awaitThat(() -> create("login").statusCode() == 201);

        String process = "process=/proc/$(systemctl show --value --property=MainPID token-cache); ";
        assertThat(bash(process + "cat $process/status"))
                .containsPattern("CapEff:\\s+0{16}\n")
                .containsPattern("CapBnd:\\s+0{16}\n")
                .containsPattern("NoNewPrivs:\\s+1\n")
                .containsPattern("Seccomp:\\s+2\n")
                // A dynamic user.
                .containsPattern("Uid:\\s+6[0-9]{4}\\s");
        assertThat(bash(process + "ls $process/root/dev $process/root/home")).doesNotContain("vda", "kmsg");
        String inside = process + "cd $process/root; nsenter --mount=$process/ns/mnt -- ";
        assertThat(bash("! (" + inside + "touch /usr/file /etc/token-cache/file 2>&1)"))
                .contains("Read-only file system");
        assertThat(bash(process + "ls $process/root/run/credentials/token-cache.service"))
                .contains("callers.properties", "redis.properties", "token-keys.properties");
        bash("test -d /var/lib/private/token-cache");
        assertThat(log())
                .doesNotContain(secrets.all().toArray(String[]::new))
                .doesNotContain("Operation not permitted");

        bash("systemctl stop token-cache");

        assertThat(bash("systemctl show --property=Result,ActiveState token-cache"))
                .contains("Result=success", "ActiveState=inactive");
    }

    /** The steps of the README for versions of systemd before 260. */
    @Test
    void shouldReloadChangedSecrets() throws Exception {
        Matcher dropIn = DROP_IN.matcher(Files.readString(Path.of("deploy/systemd/README.md")));
        assertThat(dropIn.find()).isTrue();
        Files.writeString(etc.resolve("rotations.conf"), dropIn.group(1));
        bash("groupadd --system token-cache-secrets"
                + " && chgrp -R token-cache-secrets /etc/token-cache/secrets"
                + " && chmod -R u=rwX,g=rX,o= /etc/token-cache/secrets"
                + " && mkdir -p " + UNITS + "token-cache.service.d"
                + " && cp /etc/token-cache/rotations.conf " + UNITS + "token-cache.service.d/"
                + " && systemctl daemon-reload && systemctl start token-cache");
        awaitStart();
        assertThat(create("web").statusCode()).isEqualTo(403);
        Files.writeString(
                secrets.folder().resolve("callers.properties"),
                "tokencache.callers.web.roles=validate,issue\n",
                StandardOpenOption.APPEND);

        bash("systemctl reload token-cache");

        awaitThat(() -> create("web").statusCode() == 201);
        assertThat(log()).contains("kinds=callers");
    }
}
