package dev.tokencache.deploy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        Path program = Files.createDirectories(folder.resolve("bin")).resolve("redis-server");
        Files.writeString(program, REDIS_SERVER);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        ExternalTool.Result result = ExternalTool.run(
                Map.of(
                        "PATH",
                        program.getParent() + File.pathSeparator + System.getenv("PATH"),
                        "VERSION",
                        version,
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
    void shouldAnnounceAnAddressSinceRedis4() throws IOException {
        assertThat(configuration("4.0.14", "p")).contains("cluster-announce-ip 10.0.0.1\n");
        assertThat(configuration("3.2.13", "p")).doesNotContain("cluster-announce-ip");
    }
}
