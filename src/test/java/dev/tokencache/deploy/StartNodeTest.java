package dev.tokencache.deploy;

import dev.tokencache.token.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The configuration that {@code deploy/redis/start-node} writes for each version of Redis. */
class StartNodeTest {

    /** Prints its version, or the configuration that it should start with. */
    private static final String REDIS_SERVER = """
            #!/bin/sh
            [ "$1" = --version ] && echo "Redis server v=$VERSION sha=00000000:0 malloc=libc bits=64" || cat "$1"
            """;

    @TempDir
    private Path folder;

    private String configuration(String version, String password) throws IOException {
        return configuration(version, password, "");
    }

    /** @param servicePassword the password of the service's user; empty if there are no ACL users */
    private String configuration(String version, String password, String servicePassword) throws IOException {
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("redis-server");
        Files.writeString(program, REDIS_SERVER);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        ExternalTool.Result result = ExternalTool.run(
                Map.of(
                        "PATH",
                        program.getParent() + File.pathSeparator + System.getenv("PATH"),
                        "VERSION",
                        version,
                        "REDIS_USER",
                        servicePassword.isEmpty() ? "" : "operator",
                        "REDIS_SERVICE_PASSWORD_FILE",
                        Files.writeString(folder.resolve("service-password"), servicePassword + "\n")
                                .toString(),
                        "REDIS_DOCTOR_PASSWORD_FILE",
                        folder.resolve("service-password").toString(),
                        "REDIS_DRILL_PASSWORD_FILE",
                        folder.resolve("service-password").toString(),
                        "REDIS_PASSWORD_FILE",
                        Files.writeString(folder.resolve("password"), password + "\n")
                                .toString(),
                        "REDIS_MAXMEMORY",
                        "100mb",
                        "REDIS_ADDRESS",
                        "10.0.0.1",
                        "REDIS_RUN",
                        folder.toString()),
                List.of(Path.of("deploy/redis/start-node").toAbsolutePath().toString()));
        assertThat(result.exit()).as(result.errors()).isZero();
        return result.output();
    }

    @Test
    void shouldQuoteThePassword() throws IOException {
        assertThat(configuration("7.0.15", "a \"b\\c'"))
                .contains("requirepass \"a \\\"b\\\\c'\"\n", "masterauth \"a \\\"b\\\\c'\"\n");
    }

    /** Redis 4.0 sends it in an inline command. */
    @Test
    void shouldQuoteThePasswordOfAReplicaTwiceBeforeRedis5() throws IOException {
        assertThat(configuration("4.0.14", "a \"b\\c'"))
                .contains("requirepass \"a \\\"b\\\\c'\"\n", "masterauth \"\\\"a \\\\\\\"b\\\\\\\\c'\\\"\"\n");
        assertThat(configuration("5.0.0", "a b")).contains("masterauth \"a b\"\n");
    }

    @Test
    void shouldGiveTheServiceAUserOfItsOwnAndTurnDefaultOff() throws IOException {
        String configuration = configuration("7.0.15", "nodes", "service");

        assertThat(configuration.lines())
                .contains("user default off ~* &* +@all", "masteruser operator", "masterauth \"nodes\"")
                .contains("user operator on #" + sha256("nodes") + " ~* &* +@all")
                .anyMatch(line -> line.startsWith(
                        "user token-cache on #" + sha256("service") + " resetkeys ~tc:* resetchannels &"))
                .anyMatch(line -> line.startsWith(
                        "user doctor on #" + sha256("service") + " resetkeys ~tc:* resetchannels -@all"))
                .anyMatch(line ->
                        line.startsWith("user drill on #" + sha256("service") + " resetkeys ~tc:* resetchannels -@all"))
                .noneMatch(line -> line.startsWith("requirepass"));
        assertThat(configuration("6.0.20", "nodes", "service"))
                .contains(" ~* +@all\n", " resetkeys ~tc:* -@all +evalsha")
                .doesNotContain("&", "resetchannels");
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(Sha256.hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldAnnounceAnAddressSinceRedis4() throws IOException {
        assertThat(configuration("4.0.14", "p")).contains("cluster-announce-ip 10.0.0.1\n");
        assertThat(configuration("3.2.13", "p")).doesNotContain("cluster-announce-ip");
    }
}
