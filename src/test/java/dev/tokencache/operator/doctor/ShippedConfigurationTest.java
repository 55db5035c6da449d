package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.facts.RedisConfFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What we ship is sound by our own doctor. */
class ShippedConfigurationTest {

    private static final Path SHIPPED = Path.of("deploy/redis").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void redisConfIsSound() throws IOException {
        Path node = folder.resolve("node.conf");
        // As start-node writes it.
        Files.writeString(node, """
                include %s/redis.conf
                requirepass "a password"
                masterauth "a password"
                maxmemory 1gb
                """.formatted(SHIPPED));

        assertThat(examine(node)).isEmpty();
    }

    @Test
    void redisConfAloneLacksWhatDiffersBetweenNodes() {
        assertThat(examine(SHIPPED.resolve("redis.conf")))
                .extracting(Finding::code)
                .containsExactlyInAnyOrder("TC101", "TC301");
    }

    /** As start-node writes it for users, and as a site may write it. */
    @ParameterizedTest
    @CsvSource({
        "off ~* &* +@all, ''",
        "off allkeys allchannels allcommands, ''",
        "off, TC311",
        "off ~* +@all -hset, TC311"
    })
    void redisConfWithUsers(String rights, String code) throws IOException {
        Path node = Files.writeString(folder.resolve("node.conf"), """
                include %s/redis.conf
                include %s/users.acl
                user default %s
                user operator on >secret ~* &* +@all
                masteruser operator
                masterauth secret
                maxmemory 1gb
                """.formatted(SHIPPED, SHIPPED, rights));

        assertThat(examine(node)).map(Finding::code).isEqualTo(code.isEmpty() ? List.of() : List.of(code));
    }

    @Test
    void theAofHasTheWritesOfTheScripts() throws IOException {
        Set<String> reads =
                Set.of("exists get hexists hget hgetall hkeys hlen hscan pttl time zcount zrangebyscore".split(" "));
        Set<String> writes = new TreeSet<>(Set.of("unlink"));
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/lua"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Pattern.compile("(?:call|indexed)\\('([A-Z]+)'")
                        .matcher(Files.readString(file))
                        .results()
                        .map(command -> command.group(1).toLowerCase().replaceFirst("^pexpire$", "pexpireat"))
                        .forEach(writes::add);
            }
        }
        writes.removeAll(reads);
        // PUBLISH is not in the AOF.
        writes.remove("publish");

        assertThat(writes).isEqualTo(new TreeSet<>(AofRights.COMMANDS));
    }

    @Test
    void theNeededRightsAreThoseOfUsersAcl() throws IOException {
        String user = Files.readAllLines(SHIPPED.resolve("users.acl")).stream()
                .filter(line -> line.startsWith("user token-cache "))
                .findFirst()
                .orElseThrow();

        assertThat(user)
                .isEqualTo("user token-cache on resetkeys ~tc:* resetchannels &tc:revoked -@all +"
                        + AclRights.COMMANDS.replace(" ", " +"));
    }

    /** TC504. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy/kubernetes/overlays/with-redis/redis.properties",
                "deploy/kubernetes/overlays/external-redis/redis.properties",
                "deploy/compose/compose.yaml"
            })
    void writesWaitForAReplica(String file) throws IOException {
        assertThat(Files.readString(Path.of(file)))
                .containsPattern("(?m)^ *(tokencache.redis.min-replicas=|TOKENCACHE_REDIS_MIN_REPLICAS: \")1\\b");
    }

    private static List<Finding> examine(Path file) {
        ClusterFacts facts = new ClusterFacts(
                Instant.parse("2026-12-01T00:00:00Z"),
                new RedisConfFiles().read(List.of(file)),
                Reading.unknown("no service runs"));
        return Checks.all().stream()
                .flatMap(check -> check.examine(facts).stream())
                .toList();
    }
}
