package dev.tokencache.operator.doctor;

import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two masters with TLS: TC204. The faults of certificates come on top. */
class PlantedTlsFaultsIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");
    private static final String PASSWORD = "planted-tls-faults-it";

    @TempDir
    Path folder;

    @Test
    void twoMastersAndTheirCertificates() throws IOException {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        SystemPackage.require("openssl", "/usr/bin/openssl");
        TestCertificate.Authority authority = TestCertificate.authority(folder);
        TestCertificate sound = authority.signForThreeHosts(365);
        TestCertificate expiring = authority.signForThreeHosts(29);
        Vertx vertx = Vertx.vertx();
        try (TestCluster cluster = TestCluster.start(ClusterSpec.ofSixNodes(PASSWORD)
                .withNodes(2, 1)
                .withExecutable(REDIS_SERVER)
                .withTls(sound.certificate(), sound.key(), authority.certificate())
                .withExtraLines(
                        "bind 127.0.0.1 127.0.0.2 127.0.0.3",
                        "maxmemory 100mb",
                        "maxmemory-policy volatile-ttl",
                        "appendonly yes"))) {
            LiveFacts live = new LiveFacts(vertx, cluster, "", authority.certificate());
            TestNode node = cluster.masterOf(0);
            TestNode other = cluster.masterOf(16_383);
            announce(node, 1);
            announce(cluster.replicasOf(node).get(0), 2);
            announce(other, 2);
            announce(cluster.replicasOf(other).get(0), 3);
            awaitCodes(live, "TC204");

            install(node, expiring);
            awaitCodes(live, "TC204", "TC107");
            assertThat(evidence(live)).anyMatch(it -> it.startsWith("its certificate expires at "));

            install(node, sound);
            awaitCodes(live, "TC204");

            int plain = freePort();
            configure(node, "port", Integer.toString(plain));
            awaitCodes(live, "TC204", "TC107");
            assertThat(evidence(live)).contains("port " + plain + " accepts connections without TLS");
        } finally {
            vertx.close();
        }
    }

    private static void awaitCodes(LiveFacts live, String... codes) {
        await().atMost(Duration.ofSeconds(15)).pollDelay(Duration.ZERO).untilAsserted(() -> assertThat(
                        findings(live).stream().map(Finding::code))
                .containsOnly(codes));
    }

    private static Set<String> evidence(LiveFacts live) {
        return findings(live).stream().map(Finding::evidence).collect(Collectors.toSet());
    }

    /** Without those of the package, and of a busy machine. */
    private static List<Finding> findings(LiveFacts live) {
        return live.examine(PASSWORD, "default").stream()
                .filter(finding -> !Set.of("TC105", "TC106", "TC404").contains(finding.code()))
                .toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void announce(TestNode node, int host) {
        configure(node, "cluster-announce-ip", "127.0.0." + host);
    }

    private static void install(TestNode node, TestCertificate certificate) {
        configure(
                node,
                "tls-cert-file",
                certificate.certificate().toString(),
                "tls-key-file",
                certificate.key().toString());
    }

    private static void configure(TestNode node, String... settings) {
        try (RespClient client = node.connect()) {
            String[] command = new String[settings.length + 2];
            command[0] = "CONFIG";
            command[1] = "SET";
            System.arraycopy(settings, 0, command, 2, settings.length);
            client.send(command);
        }
    }
}
