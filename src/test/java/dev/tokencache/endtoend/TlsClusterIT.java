package dev.tokencache.endtoend;

import dev.tokencache.testing.CommandLineProcess;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.WholeApi;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A cluster that requires TLS, also on the cluster bus, with certificates of a private authority. */
class TlsClusterIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");
    private static final String PASSWORD = "tls-cluster";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static TestCertificate.Authority authority;
    /** With a certificate for this machine. */
    private static TestCluster cluster;

    @BeforeAll
    static void startCluster() {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        authority = TestCertificate.authority(folder);
        cluster = start(authority.signForThisMachine());
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldServeEverythingAndFollowADrillAndAFailover() throws IOException {
        try (ServiceProcess service = ServiceProcess.start(trusting(cluster, authority.certificate()))) {
            ServiceApi api = ServiceApi.of(service);
            awaitServing(service);
            WholeApi.call(api);
            List<String> tokens = IntStream.range(0, 12)
                    .mapToObj(i -> api.tokenFor("tls-" + i))
                    .toList();
            awaitReplicated();
            assertThat(command(service, "doctor", "--only=TC201")).contains("6 nodes");
            assertThat(command(
                            service,
                            "drill",
                            "run",
                            "handover",
                            "--yes",
                            "--skip-gate=doctor,hours",
                            "--unknown-budget=30"))
                    .contains("verdict: held");

            cluster.masterOf(0).kill9();

            Awaitility.await().atMost(PATIENCE).until(() -> tokens.stream()
                    .allMatch(token -> isActiveOrUnknown(api, token)));
            Awaitility.await().atMost(PATIENCE).until(() -> IntStream.range(0, 12)
                    .allMatch(i -> api.create(Map.of("sub", "tls-" + i)).statusCode() == 201));
        }
    }

    @Test
    void shouldAnswerUnknownAndLogWhyOncePerNodeUntilTheTrustStoreHasTheAuthority() throws IOException {
        Path stranger = TestCertificate.create(folder).certificate();
        try (ServiceProcess service = ServiceProcess.start(trusting(cluster, stranger))) {
            assertLoggedOncePerNode(cluster, service, "not signed by a trusted authority");
            assertThat(service.output()).doesNotContain(PASSWORD);

            Files.copy(authority.certificate(), stranger, StandardCopyOption.REPLACE_EXISTING);
            awaitServing(service);
        }
    }

    @Test
    void shouldRejectACertificateForAnotherNameUnlessVerificationIsOff() {
        try (TestCluster others = start(authority.signForAnotherMachine())) {
            Map<String, String> settings = trusting(others, authority.certificate());
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                assertLoggedOncePerNode(others, service, "does not match the host name");
            }

            settings.put("quarkus.tls.redis.hostname-verification-algorithm", "NONE");
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                ServiceApi api = ServiceApi.of(service);
                awaitServing(service);
                assertThat(api.isActive(api.tokenFor("alice"))).isTrue();
            }
        }
    }

    /** Runs a command that connects to the nodes itself. Repeats it for the reason of {@link #awaitServing}. */
    private static String command(ServiceProcess service, String... words) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.add("--host=" + cluster.hosts().replace("rediss://", ""));
        arguments.add("--ca-file=" + authority.certificate());
        arguments.add("--password-file=" + Files.writeString(folder.resolve("password"), PASSWORD));
        return Awaitility.await("a command without a timeout")
                .atMost(PATIENCE.multipliedBy(3))
                .until(
                        () -> CommandLineProcess.run(service, arguments.toArray(String[]::new)),
                        ended -> ended.exitCode() == 0)
                .output();
    }

    private static TestCluster start(TestCertificate nodes) {
        return TestCluster.start(ClusterSpec.ofSixNodes(PASSWORD)
                .withExecutable(REDIS_SERVER)
                .withTls(nodes.certificate(), nodes.key(), authority.certificate()));
    }

    /** Settings that trust the authority. Host name verification is on by default. */
    private static Map<String, String> trusting(TestCluster cluster, Path authority) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.defaults(cluster));
        assertThat(settings.get("quarkus.redis.hosts")).startsWith("rediss://");
        settings.put("quarkus.redis.tls-configuration-name", "redis");
        settings.put("quarkus.tls.redis.trust-store.pem.certs", authority.toString());
        // Each event loop connects to every node. A cold JVM spends most of this test on handshakes.
        settings.put("quarkus.vertx.event-loops-pool-size", "2");
        return settings;
    }

    /** Retries the first call: the first TLS handshakes of a cold JVM can exceed its timeout. */
    private static void awaitServing(ServiceProcess service) {
        ServiceApi api = ServiceApi.of(service);
        Awaitility.await("the first answer")
                .atMost(PATIENCE)
                .until(() -> api.create(Map.of("sub", "first")).statusCode() == 201);
    }

    private static void assertLoggedOncePerNode(TestCluster nodes, ServiceProcess service, String reason) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> linesWith(service, reason).size() >= nodes.nodes().size());
        callInVain(ServiceApi.of(service));
        assertThat(linesWith(service, reason)).hasSameSizeAs(nodes.nodes());
    }

    private static void callInVain(ServiceApi api) {
        for (int i = 0; i < 20; i++) {
            Response answer = api.create(Map.of("sub", "alice"));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isNotBlank();
        }
    }

    private static List<String> linesWith(ServiceProcess service, String reason) {
        return service.output()
                .lines()
                .filter(line -> line.contains("Redis node unreachable") && line.contains(reason))
                .toList();
    }

    private static boolean isActiveOrUnknown(ServiceApi api, String token) {
        Response answer = api.validate(token);
        if (answer.statusCode() == 200) {
            assertThat(answer.<Boolean>path("active")).as("a live token").isTrue();
        }
        return answer.statusCode() == 200;
    }

    /** Waits until every replica has acknowledged the current data of its master. */
    private static void awaitReplicated() {
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                long written = number(client, "master_repl_offset:(\\d+)");
                Awaitility.await().atMost(PATIENCE).until(() -> number(client, "slave0:.*offset=(\\d+)") >= written);
            }
        }
    }

    /** A number in {@code INFO replication}, or the maximum if it is missing, as on a replica without replicas. */
    private static long number(RespClient client, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(client.text("INFO", "replication"));
        return matcher.find() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
    }
}
