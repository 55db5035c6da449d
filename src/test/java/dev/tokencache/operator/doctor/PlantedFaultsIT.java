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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Faults on real servers have exactly their codes. Each node announces one of three loopback addresses, so that the copies of
 * a shard, and the masters, are on different hosts. TC105 and TC106 depend on the installed package and are left out.
 */
class PlantedFaultsIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");
    private static final String PASSWORD = "planted-faults-it";
    private static final String LOOPBACK = "127.0.0.1 127.0.0.2 127.0.0.3";
    private static final Set<String> OF_THE_PACKAGE = Set.of("TC105", "TC106");
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static TestCluster cluster;
    private static Vertx vertx;
    private static TestNode movable;
    private static String password = PASSWORD;

    @BeforeAll
    static void start() {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        vertx = Vertx.vertx();
        cluster = TestCluster.start(ClusterSpec.ofSixNodes(PASSWORD)
                .withExecutable(REDIS_SERVER)
                .withExtraLines(
                        "bind " + LOOPBACK, "maxmemory 100mb", "maxmemory-policy volatile-ttl", "appendonly yes"));
        List<TestNode> masters = masters();
        for (int i = 0; i < masters.size(); i++) {
            announce(masters.get(i), i);
            announce(replicaOf(i), (i + 1) % masters.size());
        }
        movable = replicaOf(0);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
            vertx.close();
        }
    }

    @BeforeEach
    void soundAgain() {
        awaitCodes(Set.of(), "default");
    }

    @Test
    void aSoundClusterHasNoFindings() {
        awaitCodes(Set.of(), "default");
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                arguments("TC205", "cluster-node-timeout", "15000"),
                arguments("TC206", "cluster-require-full-coverage", "yes"),
                arguments("TC207", "cluster-replica-validity-factor", "0"),
                arguments("TC207", "cluster-replica-no-failover", "yes"),
                arguments("TC301", "maxmemory", "0"),
                arguments("TC302", "maxmemory-policy", "allkeys-lru"),
                arguments("TC304", "appendonly", "no"),
                arguments("TC305", "appendfsync", "no"),
                arguments("TC401", "maxclients", "200"));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aSettingOfAllNodes(String code, String name, String value) {
        Map<TestNode, String> before =
                cluster.nodes().stream().collect(Collectors.toMap(node -> node, node -> config(node, name)));
        cluster.nodes().forEach(node -> configure(node, name, value));
        try {
            awaitCodes(Set.of(code), "default");
        } finally {
            before.forEach((node, old) -> configure(node, name, old));
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "TC104",
                        () -> configure(replicaOf(0), "masterauth", "another"),
                        () -> configure(replicaOf(0), "masterauth", PASSWORD)),
                fault("TC201", () -> replicate(1), () -> replicate(0)),
                fault("TC202", () -> announce(replicaOf(0), 0), () -> announce(replicaOf(0), 1)),
                fault(
                        "TC203",
                        () -> announce(masters().get(1), 0),
                        () -> announce(masters().get(1), 1)),
                fault("TC208", () -> setSlot("MIGRATING", id(masters().get(1))), () -> setSlot("STABLE")),
                fault(
                        "TC210",
                        () -> configure(movable, "cluster-announce-port", "1"),
                        () -> configure(movable, "cluster-announce-port", "0")),
                fault(
                        "TC209",
                        () -> configure(movable, "cluster-announce-bus-port", "1"),
                        () -> configure(movable, "cluster-announce-bus-port", "0")),
                fault("TC211", () -> moveSlots(1), () -> moveSlots(0)),
                fault("TC303", PlantedFaultsIT::evict, () -> {
                    configure(masters().get(0), "maxmemory", "100mb");
                    send(masters().get(0), "FLUSHALL");
                    send(masters().get(0), "CONFIG", "RESETSTAT");
                }),
                fault("TC306", PlantedFaultsIT::writeMuch, () -> {
                    configure(masters().get(0), "repl-backlog-size", "64mb");
                    send(masters().get(0), "FLUSHALL");
                }),
                fault(
                        "TC308",
                        () -> send(masters().get(0), "SET", key("forever"), "1"),
                        () -> send(masters().get(0), "FLUSHALL")),
                fault(
                        "TC309",
                        PlantedFaultsIT::largeSubject,
                        () -> send(masters().get(0), "FLUSHALL")),
                fault(
                        "TC311",
                        () -> send(replicaOf(0), "ACL", "SETUSER", "default", "-pexpireat"),
                        () -> send(replicaOf(0), "ACL", "SETUSER", "default", "+@all")),
                fault(
                        "TC404",
                        () -> send(masters().get(0), "EVAL", "for i = 1, 5e7 do end", "0"),
                        () -> send(masters().get(0), "SLOWLOG", "RESET")));
    }

    private static Arguments fault(String code, Runnable plant, Runnable undo) {
        return arguments(code, plant, undo);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aFaultOfANode(String code, Runnable plant, Runnable undo) {
        try {
            plant.run();
            awaitCodes(Set.of(code), "default");
        } finally {
            undo.run();
        }
    }

    /** 192.0.2.1 is no address of this machine, so the nodes still listen on loopback only. */
    @ParameterizedTest
    @CsvSource({
        "TC101, yes, " + LOOPBACK + " -192.0.2.1",
        "TC102, yes, " + LOOPBACK,
        "TC102, no,  " + LOOPBACK + " -192.0.2.1",
    })
    void noPassword(String code, String protectedMode, String bind) {
        List<RespClient> loggedIn =
                cluster.nodes().stream().map(TestNode::connect).toList();
        try {
            setPassword(loggedIn, "", protectedMode, bind);
            awaitCodes(Set.of(code), "default");
        } finally {
            setPassword(loggedIn, PASSWORD, "no", LOOPBACK);
            loggedIn.forEach(RespClient::close);
        }
    }

    @Test
    void oneMasterExecutesEverything() {
        AtomicBoolean isOver = new AtomicBoolean();
        TestNode master = masters().get(0);
        CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
            String script = "for i = 1, 1000 do redis.call('get', KEYS[1]) end";
            while (!isOver.get()) {
                send(master, "EVAL", script, "1", key("hot"));
            }
        });
        try {
            awaitCodes(Set.of("TC310"), "default");
        } finally {
            isOver.set(true);
            load.join();
        }
    }

    @Test
    void theRightsOfTheService() {
        String[] shipped = ("ACL SETUSER token-cache on >secret resetkeys ~tc:* resetchannels &tc:revoked -@all +"
                        + AclRights.COMMANDS.replace(" ", " +"))
                .split(" ");
        cluster.nodes().forEach(node -> send(node, shipped));
        awaitCodes(Set.of(), "token-cache");

        send(replicaOf(1), "ACL", "SETUSER", "token-cache", "-readonly");
        awaitCodes(Set.of("TC103"), "token-cache");
        assertThat(examine(Set.of(), "token-cache")).first().satisfies(finding -> assertThat(finding.evidence())
                .endsWith("+readonly"));
    }

    @Test
    void aReplicaThatLostItsFilesIsAStranger() {
        TestNode replica = replicaOf(0);
        replica.restartAsStranger();
        try {
            awaitCodes(Set.of("TC201", "TC212"), "default");
        } finally {
            replica.restartAsBefore();
            announce(replica, 1);
        }
    }

    @Test
    void aDeadReplicaIsUnreachableAndOnesWithOtherSettingsAreReported() throws IOException {
        TestNode replica = replicaOf(0);
        replica.kill9();
        try {
            awaitCodes(Set.of("TC201", "TC210"), "default");
            restartWith(replica, "disable-thp no", "tcp-backlog 65535");
            awaitCodes(Set.of("TC402"), "default");
            assertThat(examine("default")).extracting(Finding::status).contains(Status.WARN, Status.UNKNOWN);
        } finally {
            restartWith(replica);
        }
    }

    /** Neither of these settings can be changed while Redis runs. */
    private static void restartWith(TestNode replica, String... lines) throws IOException {
        Path file = cluster.folder().resolve("redis.conf");
        List<String> before = Files.readAllLines(file);
        Files.write(file, List.of(lines), StandardOpenOption.APPEND);
        replica.restart();
        Files.write(file, before);
        announce(replica, 1);
    }

    private static void evict() {
        TestNode master = masters().get(0);
        for (int i = 0; i < 20; i++) {
            send(master, "SETEX", key("evicted-" + i), "1000", "x".repeat(50_000));
        }
        try (RespClient client = master.connect()) {
            long used = Long.parseLong(client.text("INFO", "memory").replaceFirst("(?s).*used_memory:(\\d+).*", "$1"));
            client.send("CONFIG", "SET", "maxmemory", Long.toString(used - 200_000));
        }
    }

    private static void writeMuch() {
        TestNode master = masters().get(0);
        for (int i = 0; i < 60; i++) {
            send(master, "SETEX", key("large-" + i), "1000", "x".repeat(50_000));
        }
        configure(master, "repl-backlog-size", "16384");
    }

    private static void largeSubject() {
        TestNode master = masters().get(0);
        List<String> command = new ArrayList<>(List.of("HMSET", key("tag")));
        for (int i = 0; i < 100; i++) {
            command.addAll(List.of("field-" + i, "token"));
        }
        send(master, command.toArray(String[]::new));
        send(master, "PEXPIRE", key("tag"), "1000000");
    }

    /** A name of a subject's key that the first master has. */
    private static String key(String name) {
        for (int i = 0; ; i++) {
            String tag = ("%-13s%03d".formatted(name, i)).replace(' ', '-').substring(0, 16);
            if (cluster.slotOf("tc:{" + tag + "}") < 5461) {
                return "tc:{" + tag + "}";
            }
        }
    }

    private static List<TestNode> masters() {
        return List.of(cluster.masterOf(0), cluster.masterOf(8000), cluster.masterOf(16_383));
    }

    private static TestNode replicaOf(int shard) {
        return cluster.replicasOf(masters().get(shard)).get(0);
    }

    private static void announce(TestNode node, int host) {
        configure(node, "cluster-announce-ip", "127.0.0." + (host + 1));
    }

    /** Moves the replica of the first shard to another one, and back. */
    private static void replicate(int shard) {
        send(movable, "CLUSTER", "REPLICATE", id(masters().get(shard)));
    }

    private static void setPassword(List<RespClient> loggedIn, String changed, String protectedMode, String bind) {
        for (RespClient client : loggedIn) {
            client.send("CONFIG", "SET", "bind", bind);
            client.send("CONFIG", "SET", "protected-mode", protectedMode);
            client.send("CONFIG", "SET", "requirepass", changed);
            client.send("CONFIG", "SET", "masterauth", changed);
        }
        password = changed;
    }

    /** A fifth of the first master's slots, which have no keys. */
    private static void moveSlots(int shard) {
        TestNode master = masters().get(shard);
        send(master, "CLUSTER", "DELSLOTSRANGE", "1", "1200");
        send(master, "CLUSTER", "ADDSLOTSRANGE", "1", "1200");
        send(master, "CLUSTER", "BUMPEPOCH");
    }

    private static void setSlot(String... how) {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "SETSLOT", "0"));
        command.addAll(List.of(how));
        send(masters().get(0), command.toArray(String[]::new));
    }

    private static String id(TestNode node) {
        return cluster.idOf(node);
    }

    private static void configure(TestNode node, String name, String value) {
        send(node, "CONFIG", "SET", name, value);
    }

    private static void send(TestNode node, String... command) {
        try (RespClient client = node.connect()) {
            client.send(command);
        }
    }

    private static String config(TestNode node, String name) {
        try (RespClient client = node.connect()) {
            return RespClient.textOf(client.list("CONFIG", "GET", name).get(1));
        }
    }

    private static void awaitCodes(Set<String> codes, String user) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(examine(codes, user))
                        .extracting(Finding::code)
                        .containsOnlyElementsOf(codes)
                        .containsAll(codes));
    }

    /** A busy machine slows commands down. */
    private static List<Finding> examine(Set<String> codes, String user) {
        if (!codes.contains("TC404") && !password.isEmpty()) {
            cluster.nodes().stream().filter(TestNode::isAlive).forEach(node -> send(node, "SLOWLOG", "RESET"));
        }
        return examine(user);
    }

    private static List<Finding> examine(String user) {
        return new LiveFacts(vertx, cluster)
                .examine(password, user).stream()
                        .filter(finding -> !OF_THE_PACKAGE.contains(finding.code()))
                        .toList();
    }
}
