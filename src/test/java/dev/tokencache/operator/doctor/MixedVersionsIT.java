package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.core.ExecutableProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A fleet of an old Redis, of which one replica is upgraded. Everything runs on one host: TC202, TC203. */
class MixedVersionsIT {

    private static final Path NEW = Path.of("/usr/bin/redis-server");
    private static final String PASSWORD = "mixed-versions-it";

    @TempDir
    Path folder;

    @Test
    void anUpgradedReplicaIsMixedAndNotTooOld() throws IOException {
        SystemPackage.require("redis-server", NEW.toString());
        Path old =
                ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
        Path choice = Files.writeString(folder.resolve("choice"), old.toString());
        Path server = Files.writeString(
                folder.resolve("redis-server"), "#!/bin/sh\nexec \"$(cat '%s')\" \"$@\"\n".formatted(choice));
        Files.setPosixFilePermissions(server, PosixFilePermissions.fromString("rwxr-xr-x"));
        Vertx vertx = Vertx.vertx();
        try (TestCluster cluster = TestCluster.start(ClusterSpec.ofSixNodes(PASSWORD)
                .withExecutable(server)
                .withExtraLines("maxmemory 100mb", "appendonly yes"))) {
            LiveFacts live = new LiveFacts(vertx, cluster);
            awaitFindings(live, Set.of("TC105", "TC106", "TC202", "TC203"));
            smallOutputBuffer(live, cluster);
            rightsAsCategories(vertx, cluster);

            Files.writeString(choice, NEW.toString());
            TestNode replica = cluster.replicasOf(cluster.masterOf(0)).get(0);
            replica.kill9();
            replica.restart();

            Map<String, Status> worst = awaitFindings(live, Set.of("TC105", "TC106", "TC108", "TC202", "TC203"));
            assertThat(worst).containsEntry("TC108", Status.WARN).containsEntry("TC106", Status.ERROR);
        } finally {
            vertx.close();
        }
    }

    /** On a node of Redis 6.2: Redis 7 raises a limit that is below the backlog. */
    private static void smallOutputBuffer(LiveFacts live, TestCluster cluster) {
        send(cluster, "CONFIG SET client-output-buffer-limit", "slave 500000 0 0");
        awaitFindings(live, Set.of("TC105", "TC106", "TC202", "TC203", "TC307"));
        send(cluster, "CONFIG SET client-output-buffer-limit", "slave 268435456 67108864 60");
    }

    /** Redis 6.2 reports rights as categories. */
    private static void rightsAsCategories(Vertx vertx, TestCluster cluster) throws IOException {
        for (String line : Files.readAllLines(Path.of("deploy/redis/users.acl"))) {
            if (line.startsWith("user ")) {
                send(cluster, "ACL SETUSER " + line.substring(5) + " >" + PASSWORD);
            }
        }
        LiveFacts doctor = new LiveFacts(vertx, cluster, "doctor", null);
        assertThat(rights(doctor)).isEmpty();
        send(cluster, "ACL SETUSER token-cache -readonly +flushall");
        assertThat(rights(doctor)).containsExactly("the service's user lacks +readonly");
        send(cluster, "ACL SETUSER token-cache +readonly");
        assertThat(rights(doctor)).containsExactly("the service's user has more rights than it needs: +flushall");
    }

    private static List<String> rights(LiveFacts doctor) {
        return doctor.examine(PASSWORD, "token-cache").stream()
                .filter(finding -> finding.code().equals("TC103"))
                .map(Finding::evidence)
                .toList();
    }

    private static void send(TestCluster cluster, String command, String... last) {
        String[] words =
                Stream.concat(Stream.of(command.split(" ")), Stream.of(last)).toArray(String[]::new);
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                client.send(words);
            }
        }
    }

    /** A busy machine slows commands down: TC404. */
    private static Map<String, Status> awaitFindings(LiveFacts live, Set<String> codes) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> live.examine(PASSWORD, "default").stream()
                                .filter(finding -> !finding.code().equals("TC404"))
                                .collect(Collectors.toMap(
                                        Finding::code,
                                        Finding::status,
                                        (one, other) -> one.compareTo(other) > 0 ? one : other)),
                        found -> found.keySet().equals(codes));
    }
}
