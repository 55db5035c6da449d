package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.tokencache.endtoend.MigrationSite.backfill;
import static dev.tokencache.endtoend.MigrationSite.change;
import static org.assertj.core.api.Assertions.assertThat;

/** An old cluster that requires TLS and the user of {@code deploy/redis/users.acl}, who may also run SCAN. */
class SecuredOldStoreIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");
    private static final Path USERS = Path.of("deploy/redis/users.acl").toAbsolutePath();
    private static final String USER = "token-cache";
    private static final String PASSWORD = "the-password-of-the-old-user";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void shouldCopyFromAnOldClusterWithTlsAndAUser() {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        TestCertificate.Authority authority = TestCertificate.authority(folder);
        TestCertificate nodes = authority.signForThisMachine();
        ClusterSpec spec = ClusterSpec.ofSixNodes("operators")
                .withExecutable(REDIS_SERVER)
                .withTls(nodes.certificate(), nodes.key(), authority.certificate())
                .withExtraLines("include " + USERS);
        try (TestCluster old = TestCluster.start(spec)) {
            grantAccess(old);
            List<String> tokens = createTokensInOldCluster(old, authority.certificate());
            try (ServiceProcess service = ServiceProcess.start(settings(old, authority.certificate()))) {
                migrate(service, tokens);
                assertThat(service.output()).doesNotContain(PASSWORD);
            }
            assertThat(loggedDenials(old))
                    .as("commands that the user was denied")
                    .isEmpty();
        }
    }

    private static void grantAccess(TestCluster old) {
        for (TestNode node : old.nodes()) {
            try (RespClient client = node.connect()) {
                client.send("ACL", "SETUSER", USER, ">" + PASSWORD, "+scan", "+dbsize");
            }
        }
    }

    private static List<?> loggedDenials(TestCluster old) {
        return old.nodes().stream()
                .flatMap(node -> {
                    try (RespClient client = node.connect()) {
                        return ((List<?>) client.send("ACL", "LOG")).stream();
                    }
                })
                .toList();
    }

    private static String withUser(TestCluster old) {
        assertThat(old.hosts()).startsWith("rediss://");
        return old.hosts().replace("rediss://", "rediss://" + USER + ":" + PASSWORD + "@");
    }

    private static List<String> createTokensInOldCluster(TestCluster old, Path authority) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.callerAndKey());
        settings.putAll(ServiceProcess.PATIENCE);
        settings.put("quarkus.redis.hosts", withUser(old));
        settings.put("quarkus.redis.tls-configuration-name", "old");
        settings.put("quarkus.tls.old.trust-store.pem.certs", authority.toString());
        try (ServiceProcess before = ServiceProcess.start(settings)) {
            ServiceApi api = ServiceApi.of(before);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> api.create(Map.of("sub", "first")).statusCode() == 201);
            return IntStream.range(0, 20)
                    .mapToObj(i -> api.tokenFor("person-" + i))
                    .toList();
        }
    }

    private static Map<String, String> settings(TestCluster old, Path authority) {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(cluster));
        settings.put("tokencache.redis.key-prefix", "tcn" + UUID.randomUUID() + ":");
        settings.put("tokencache.migration.legacy.client-type", "cluster");
        settings.put("tokencache.migration.legacy.format", "token-cache");
        settings.put("tokencache.migration.legacy.hosts", withUser(old));
        settings.put("tokencache.migration.legacy.tls-configuration-name", "old");
        settings.put("tokencache.migration.legacy.timeout", "4s");
        settings.put("tokencache.migration.legacy.command-timeout", "1s");
        settings.put("quarkus.tls.old.trust-store.pem.certs", authority.toString());
        return settings;
    }

    private static void migrate(ServiceProcess service, List<String> tokens) {
        ServiceApi api = ServiceApi.of(service);
        Awaitility.await().atMost(PATIENCE).until(() -> tokens.stream()
                .allMatch(token -> api.validate(token).statusCode() == 200));
        assertThat(tokens).allMatch(api::isActive);

        turn(service, "mirror", "");
        backfill(service, "{\"action\":\"start\"}").statusCode(200);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> backfill(service).getString("status").equals("complete"));
        api.renew(tokens.get(0)).then().statusCode(200);
        api.expire(tokens.get(1)).then().statusCode(204);
        turn(service, "ramp", ",\"read_percent\":100");
        turn(service, "cluster", "");
        turn(service, "done", "");

        assertThat(api.isActive(tokens.get(1))).isFalse();
        assertThat(tokens.subList(2, tokens.size())).allMatch(api::isActive);
    }

    private static void turn(ServiceProcess service, String phase, String more) {
        change(service, "{\"phase\":\"" + phase + "\",\"force\":true" + more + "}")
                .statusCode(200);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> MigrationSite.readiness(service).getString("phase").equals(phase));
    }
}
