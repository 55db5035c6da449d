package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.WholeApi;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A cluster that includes {@code deploy/redis/users.acl}, and a service that authenticates as its user. */
class AclClusterIT {

    private static final Path USERS = Path.of("deploy/redis/users.acl").toAbsolutePath();
    private static final String USER = "token-cache";
    private static final String PASSWORD = "the-password-of-the-acl-user";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("operators").withExtraLines("include " + USERS));
        onEachNode("ACL", "SETUSER", USER, ">" + PASSWORD);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void shouldLetTheServiceDoEverything() {
        onEachNode("ACL", "LOG", "RESET");
        Map<String, String> settings = settings(PASSWORD);
        settings.put("tokencache.near-cache.max-age", "1s");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            Awaitility.await().atMost(PATIENCE).until(() -> service.output().contains("Revocation bus complete"));
            WholeApi.call(ServiceApi.of(service));

            assertThat(service.output()).doesNotContain(PASSWORD);
        }
        assertThat(loggedDenials()).as("commands that the user was denied").isEmpty();
    }

    @Test
    void shouldAnswerUnknownAndLogWhyOncePerNodeIfThePasswordIsWrong() {
        try (ServiceProcess service = ServiceProcess.start(settings("not-" + PASSWORD))) {
            ServiceApi api = ServiceApi.of(service);
            for (int i = 0; i < 20; i++) {
                api.create(Map.of("sub", "alice")).then().statusCode(503);
            }

            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> wrongPasswords(service) >= cluster.nodes().size());
            assertThat(wrongPasswords(service)).isEqualTo(cluster.nodes().size());
            assertThat(service.output()).doesNotContain(PASSWORD);
        }
    }

    private static long wrongPasswords(ServiceProcess service) {
        return service.output()
                .lines()
                .filter(line -> line.contains("wrong password or user"))
                .count();
    }

    /** The steps of docs/runbooks/password-rotation.md, including the loss of the old connections. */
    @Test
    void shouldReportNoLiveTokenAsInactiveDuringAPasswordRotation() {
        String changed = "the-next-password";
        Map<String, String> patient = settings(PASSWORD);
        // Once the old password is removed, the service cannot replace a connection that it closed after a timeout.
        patient.put("tokencache.redis.command-timeout", "1500ms");
        try (ServiceProcess before = ServiceProcess.start(patient)) {
            ServiceApi old = ServiceApi.of(before);
            List<String> tokens = IntStream.range(0, 12)
                    .mapToObj(i -> old.tokenFor("acl-" + i))
                    .toList();

            onEachNode("ACL", "SETUSER", USER, ">" + changed);
            try (ServiceProcess after = ServiceProcess.start(settings(changed))) {
                ServiceApi restarted = ServiceApi.of(after);
                awaitActive(restarted, tokens);
                onEachNode("ACL", "SETUSER", USER, "<" + PASSWORD);
                assertThat(tokens).as("over open connections").allMatch(old::isActive);

                onEachNode("CLIENT", "KILL", "USER", USER);

                awaitActive(restarted, tokens);
                // The service that was not restarted answers unknown and logs why.
                Awaitility.await().atMost(PATIENCE).until(() -> before.output().contains("wrong password or user"));
                assertThat(tokens).allMatch(token -> old.validate(token).statusCode() == 503);
            } finally {
                onEachNode("ACL", "SETUSER", USER, "resetpass", ">" + PASSWORD);
            }
            awaitActive(old, tokens);
        }
    }

    /** Waits until every token is reported as active. Until then unknown is accepted, inactive never. */
    private static void awaitActive(ServiceApi api, List<String> tokens) {
        Awaitility.await().atMost(PATIENCE).until(() -> tokens.stream().allMatch(token -> {
            Response answer = api.validate(token);
            if (answer.statusCode() == 200) {
                assertThat(answer.<Boolean>path("active")).as("a live token").isTrue();
            }
            return answer.statusCode() == 200;
        }));
    }

    private static void onEachNode(String... command) {
        cluster.nodes().forEach(node -> asOperator(node, command));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FLUSHALL",
                "KEYS *",
                "CONFIG GET *",
                "SCAN 0",
                "SHUTDOWN NOSAVE",
                "ACL WHOAMI",
                "CLUSTER RESET",
                "CLUSTER FAILOVER",
                "DEBUG SLEEP 0",
                "MONITOR",
                "CLIENT LIST",
                "SCRIPT FLUSH",
                "RENAME tc:{a} tc:{a}b",
                "SUBSCRIBE tc:news",
                "REPLICAOF NO ONE"
            })
    void shouldDenyTheUserCommandsThatTheServiceDoesNotNeed(String command) {
        assertThatExceptionOfType(RespException.class)
                .isThrownBy(() -> asUser(command.split(" ")))
                .withMessageStartingWith("NOPERM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET other:{a}", "HGETALL session:1", "SET tc 1", "DEL x", "HMGET Tc:{a} m"})
    void shouldDenyTheUserForeignKeys(String command) {
        assertThatExceptionOfType(RespException.class)
                .isThrownBy(() -> asUser(command.split(" ")))
                .withMessageStartingWith("NOPERM");
    }

    @Test
    void shouldDenyTheUserForeignKeysInScripts() {
        String key = "tc:{a}";
        assertThatExceptionOfType(RespException.class)
                .isThrownBy(() -> asUser(
                        cluster.masterOf(cluster.slotOf(key)), "EVAL", "return redis.call('GET', 'x{a}')", "1", key))
                .withMessageContaining("can't access at least one of the keys");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"READONLY", "WAIT 0 1", "INFO replication", "CLUSTER SLOTS", "CLUSTER INFO", "ASKING", "PING"})
    void shouldAllowTheUserTheClusterCommands(String command) {
        assertThat(asUser(command.split(" "))).isNotNull();
    }

    private static Object asOperator(TestNode node, String... command) {
        try (RespClient client = node.connect()) {
            return client.send(command);
        }
    }

    private static Object asUser(String... command) {
        return asUser(cluster.masterOf(0), command);
    }

    private static Object asUser(TestNode node, String... command) {
        try (RespClient client = RespClient.connect(node.port())) {
            client.send("AUTH", USER, PASSWORD);
            return client.send(command);
        }
    }

    /** The entries of {@code ACL LOG} for denied commands of the user, without failed logins. */
    private static List<String> loggedDenials() {
        return cluster.nodes().stream()
                .flatMap(node -> ((List<?>) asOperator(node, "ACL", "LOG")).stream())
                .map(entry -> ((List<?>) entry).stream().map(RespClient::textOf).collect(Collectors.joining(", ")))
                .filter(entry -> entry.contains(USER + ",") && !entry.contains("reason, auth"))
                .toList();
    }

    private static Map<String, String> settings(String password) {
        Map<String, String> settings = ServiceProcess.defaults(cluster);
        settings.remove("quarkus.redis.password");
        settings.put(
                "quarkus.redis.hosts", cluster.hosts().replace("redis://", "redis://" + USER + ":" + password + "@"));
        return settings;
    }
}
