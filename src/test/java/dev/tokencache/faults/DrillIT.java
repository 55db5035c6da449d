package dev.tokencache.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.Commands;
import dev.tokencache.operator.drill.cli.DrillCommand;
import dev.tokencache.testing.CommandLineProcess;
import dev.tokencache.testing.DescribedResponses;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

/**
 * Drills of each type under a steady load, with the users of {@code deploy/redis/users.acl}: one that holds, and one that is
 * sabotaged.
 */
class DrillIT {

    private static final Path USERS = Path.of("deploy/redis/users.acl").toAbsolutePath();
    private static final String PASSWORD = "the-first-password-of-the-service";
    private static final String OPERATOR = "the-password-of-drill";
    /** Asks this process by a file, and waits until it deletes that. */
    private static final String HOOK = """
            #!/bin/sh
            echo "$@" > '%1$s.part'
            mv '%1$s.part' '%1$s'
            while [ -e '%1$s' ]; do sleep 0.05; done
            """;

    @TempDir
    static Path folder;

    private static TestCluster cluster;
    private static ServiceProcess service;
    private static ServiceClient client;

    /** What a command did. */
    private record Ran(int exitCode, String output) {}

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("operators")
                .withNodeTimeout(Duration.ofSeconds(1))
                .withExtraLines("include " + USERS));
        cluster.nodes().forEach(DrillIT::addUsers);
        Files.writeString(folder.resolve("password"), PASSWORD);
        Files.writeString(folder.resolve("operator"), OPERATOR);
        service = ServiceProcess.start(settings());
        client = new ServiceClient(service);
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = ServiceProcess.defaults(cluster);
        settings.remove("quarkus.redis.password");
        settings.put("quarkus.redis.hosts", cluster.hosts().replace("redis://", "redis://token-cache@"));
        settings.put(
                "tokencache.redis.password-file", folder.resolve("password").toString());
        settings.put("tokencache.redis.min-replicas", "1");
        settings.put("tokencache.drill.user", "drill");
        settings.put(
                "tokencache.drill.password-file", folder.resolve("operator").toString());
        settings.put("tokencache.drill.hours", "00:00-00:00");
        return settings;
    }

    private static void addUsers(TestNode node) {
        try (RespClient redis = node.connect()) {
            redis.send("ACL", "SETUSER", "token-cache", "resetpass", ">" + PASSWORD);
            redis.send("ACL", "SETUSER", "drill", ">" + OPERATOR, "+restore-asking");
        }
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void heal() {
        cluster.heal();
        cluster.nodes().forEach(DrillIT::addUsers);
    }

    @Test
    void shouldHoldWhenAShardIsHandedOver() {
        TestNode master = masters().get(0);

        assertHeld(() -> drill("handover", "--node", address(master)));
        assertThat(masters()).extracting(TestNode::port).doesNotContain(master.port());
        assertThat(history().path("reports").path(0).path("report").path("type").asText())
                .isEqualTo("handover");
        CommandLineProcess.Ended shown = CommandLineProcess.run(service, "drill", "history", latest());
        assertThat(shown.exitCode()).as(shown.output()).isZero();
        assertThat(shown.output()).contains("-handover: held");
    }

    @Test
    void shouldRefuseAHandoverToAReplicaThatIsOutOfSync() {
        TestNode master = masters().get(0);
        TestNode replica = cluster.replicasOf(master).get(0);
        assertThat(command(List.of("plan", "handover")).output()).contains("the gate refuses: doctor: TC");
        try (CutReplica cut = CutReplica.cut(cluster, master, replica)) {
            Ran ran = drill("handover", "--node", address(master));

            assertThat(ran.output()).contains("the gate refuses: replicas: " + address(replica) + " is not in sync");
            assertThat(ran.output()).contains("nothing was changed");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(cut.isPromoted()).isFalse();
        }
    }

    @Test
    void shouldHoldWhenTheNodesOfAShardRestart() {
        TestNode master = masters().get(1);
        TestNode replica = cluster.replicasOf(master).get(0);
        List<String> restarted = new ArrayList<>();

        assertHeld(() -> withHook(
                (action, node) -> {
                    restarted.add(action + " " + node.port());
                    node.restart();
                    addUsers(node);
                },
                hook -> drill("rolling", "--node", address(replica) + "," + address(master), "--restart-hook", hook)));
        assertThat(restarted).containsExactly("restart " + replica.port(), "restart " + master.port());
        assertThat(service.isAlive()).isTrue();
    }

    @Test
    void shouldBreakWhenAHookRestartsTheMasterToo() {
        TestNode master = masters().get(1);
        TestNode replica = cluster.replicasOf(master).get(0);

        Ran ran = withHook(
                (action, node) -> {
                    node.kill9();
                    master.kill9();
                },
                hook -> drill("rolling", "--node", address(replica), "--restart-hook", hook));

        assertThat(ran.output()).contains("verdict: broken", "the budget is 1.00 s", "left to do: " + address(replica));
        assertThat(ran.output()).contains("continue with: drill run rolling --node " + address(replica));
        assertThat(ran.exitCode()).isEqualTo(1);
    }

    /** By SIGTERM, as Kubernetes does: a process in the background ignores SIGINT. */
    @Test
    void shouldSayWhatIsLeftWhenItIsInterrupted() {
        TestNode replica = cluster.replicasOf(masters().get(1)).get(0);

        Ran ran = withHook(
                (action, node) -> Signal.raise(new Signal("TERM")),
                hook -> drill("rolling", "--node", address(replica), "--restart-hook", hook));

        assertThat(ran.output())
                .contains("verdict: unknown", "interrupted by the operator", "left to do: " + address(replica));
        assertThat(ran.output()).contains("continue with: drill run rolling --node " + address(replica));
        assertThat(ran.exitCode()).isEqualTo(3);
    }

    @Test
    void shouldHoldWhenAMasterIsKilled() {
        TestNode master = masters().get(2);

        assertHeld(() -> withHook(
                DrillIT::killOrRestore,
                hook -> drill("lose-master", "--node", address(master), "--hook", hook, "--restore-hook", hook)));
    }

    @Test
    void shouldBreakAndRestoreWhenAHookKillsAMasterWithItsReplica() {
        TestNode master = masters().get(2);
        TestNode replica = cluster.replicasOf(master).get(0);

        Ran ran = withHook(
                (action, node) -> {
                    if (action.equals("kill")) {
                        replica.kill9();
                    }
                    killOrRestore(action, node);
                },
                hook -> drill("lose-master", "--node", address(master), "--hook", hook, "--restore-hook", hook));

        assertThat(ran.output()).contains("verdict: broken", "undone: " + address(master) + " was killed");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(master.isAlive()).isTrue();
    }

    @Test
    void shouldHoldWhenAReplicaIsKilled() {
        TestNode master = masters().get(2);

        Ran ran = withHook(
                DrillIT::killOrRestore,
                hook -> drill("lose-replica", "--node", address(master), "--hook", hook, "--restore-hook", hook));

        assertThat(ran.output()).contains("--node must name a replica");
        assertThat(ran.exitCode()).isEqualTo(2);
        TestNode replica = cluster.replicasOf(master).get(0);
        assertHeld(() -> withHook(
                DrillIT::killOrRestore,
                hook -> drill("lose-replica", "--node", address(replica), "--hook", hook, "--restore-hook", hook)));
    }

    @Test
    void shouldBreakAndRestoreWhenAHookKillsAReplicaWithItsMaster() {
        TestNode master = masters().get(2);
        TestNode replica = cluster.replicasOf(master).get(0);

        Ran ran = withHook(
                (action, node) -> {
                    if (action.equals("kill")) {
                        master.kill9();
                    }
                    killOrRestore(action, node);
                },
                hook -> drill("lose-replica", "--node", address(replica), "--hook", hook, "--restore-hook", hook));

        assertThat(ran.output())
                .contains("verdict: broken", "the budget is 1.00 s", "undone: " + address(replica) + " was killed");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(replica.isAlive()).isTrue();
    }

    /** As under systemd: the drill has no hook, and {@code SHUTDOWN} ends the process. */
    @Test
    void shouldHoldWhenASupervisorStartsANodeOfTheApisDrillAgain() {
        TestNode replica = cluster.replicasOf(masters().get(0)).get(0);

        String id = startAndAwaitShutdown(service, replica);
        replica.restart();
        addUsers(replica);

        JsonNode report = report(id);
        assertThat(report.path("verdict").asText()).as(report.toString()).isEqualTo("held");
        assertThat(report.path("by").asText()).isEqualTo(ServiceProcess.CALLER);
        assertThat(report.path("steps_done").asInt()).isEqualTo(1);
    }

    @Test
    void shouldPlanThroughTheApiWithoutAChange() {
        post(service, "/v1/admin/drill", "{\"type\":\"reshard\",\"parallel\":3,\"skip_gates\":[\"doctor\"]}")
                .then()
                .statusCode(200)
                .body("may_start", equalTo(false))
                .body(
                        "reasons",
                        equalTo(List.of(
                                "shards: at most 1 shards at a time, not 3: the other masters must be a majority")))
                .body("steps", hasSize(2))
                .body("nodes", hasSize(6));
    }

    /** Each drill waits for a node that no one starts. */
    @Test
    void shouldEndADrillOfTheApiThroughAnotherInstanceAndBeforeAShutdown() {
        TestNode replica = cluster.replicasOf(masters().get(0)).get(0);
        try (ServiceProcess other = ServiceProcess.start(settings())) {
            String id = startAndAwaitShutdown(service, replica);
            start(service, "handover", replica)
                    .then()
                    .statusCode(409)
                    .body("reasons", equalTo(List.of("lease: another drill runs in this instance")));
            post(other, "/v1/admin/drill/abort", "")
                    .then()
                    .statusCode(202)
                    .body("id", equalTo(id))
                    .body("phase", equalTo("steps"))
                    .body("shards", hasSize(3));
            assertEnded(report(id), "stopped by the caller " + ServiceProcess.CALLER, replica);
            assertThat(service.output())
                    .contains(
                            "action=start_drill caller=" + ServiceProcess.CALLER + " drill=" + id + " result=done",
                            "drill=handover result=refused");
            assertThat(other.output()).contains("action=abort_drill caller=" + ServiceProcess.CALLER + " drill=" + id);

            String last = startAndAwaitShutdown(other, replica);
            assertThat(other.stop()).isEqualTo(143);
            assertEnded(report(last), "the instance is shutting down", replica);
        }
    }

    private static String startAndAwaitShutdown(ServiceProcess in, TestNode replica) {
        String id =
                start(in, "rolling", replica).then().statusCode(202).extract().path("id");
        FaultSite.await("the end of the process", () -> !replica.isAlive());
        return id;
    }

    private static void assertEnded(JsonNode report, String reason, TestNode replica) {
        assertThat(report.path("verdict").asText()).as(report.toString()).isEqualTo("unknown");
        assertThat(report.path("reasons").toString()).contains(reason);
        assertThat(report.path("left").toString()).contains(address(replica) + " was stopped");
        cluster.heal();
        cluster.nodes().forEach(DrillIT::addUsers);
    }

    private static Response start(ServiceProcess in, String type, TestNode node) {
        String body =
                "{\"type\":\"%s\",\"nodes\":[\"%s\"],\"patience\":30,\"skip_gates\":[\"doctor\"],\"dry_run\":false}"
                        .formatted(type, address(node));
        return post(in, "/v1/admin/drill", body);
    }

    private static Response post(ServiceProcess to, String path, String body) {
        return RestAssured.given()
                .filter(DescribedResponses.FILTER)
                .baseUri(to.baseUri().toString())
                .auth()
                .preemptive()
                .basic(ServiceProcess.CALLER, ServiceProcess.SECRET)
                .contentType("application/json")
                .body(body)
                .post(path);
    }

    /** Waits for a drill's report. */
    private static JsonNode report(String id) {
        FaultSite.await("the report", () -> latest().equals(id));
        return history().path("reports").path(0).path("report");
    }

    @Test
    void shouldHoldWhenThePasswordChanges() throws IOException {
        Path changed = Files.writeString(folder.resolve("changed"), "the-second-password");

        assertHeld(() -> withHook(
                (action, node) -> copy(changed, folder.resolve("password")),
                hook -> drill("password", "--new-password-file", changed.toString(), "--hook", hook)));
        Files.writeString(folder.resolve("password"), PASSWORD);
        cluster.nodes().forEach(DrillIT::addUsers);
    }

    @Test
    void shouldPutTheOldPasswordBackIfTheServiceDoesNotFollow() throws IOException {
        Path changed = Files.writeString(folder.resolve("changed"), "the-third-password");

        Ran ran = withHook(
                (action, node) -> {},
                hook -> drill("password", "--new-password-file", changed.toString(), "--hook", hook));

        assertThat(ran.output()).contains("verdict: broken", "undone: the old password");
        assertThat(ran.exitCode()).isEqualTo(1);
        cluster.nodes().forEach(DrillIT::addUsers);
    }

    @Test
    void shouldHoldWhenSlotsMove() {
        assertHeld(() -> drill("reshard"));
    }

    @Test
    void shouldBringASlotBackIfItsKeysCannotMove() {
        TestNode from = masters().get(0);
        onEachNode("ACL", "SETUSER", "drill", "-restore-asking");

        Ran ran = drill("reshard", "--node", address(from));

        assertThat(ran.output()).contains("verdict: broken", "MIGRATE to " + address(from), "undone: slot");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(masters()).allSatisfy(node -> assertThat(openSlots(node)).isEmpty());
    }

    private static void onEachNode(String... command) {
        cluster.nodes().forEach(node -> {
            try (RespClient redis = node.connect()) {
                redis.send(command);
            }
        });
    }

    private static String openSlots(TestNode node) {
        try (RespClient redis = node.connect()) {
            return redis.text("CLUSTER", "NODES").replaceAll("[^\\[]", "");
        }
    }

    private static void killOrRestore(String action, TestNode node) {
        if (action.equals("kill")) {
            node.kill9();
        } else {
            node.restart();
            addUsers(node);
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a drill that must hold, under a steady load that must lose nothing either. */
    private static void assertHeld(Supplier<Ran> drill) {
        try (FaultRun load = FaultRun.start("drill", KnownTokens.create(cluster, client), client)) {
            FaultSite.awaitServed(load);
            Ran ran = drill.get();
            assertThat(ran.output()).contains("verdict: held");
            assertThat(ran.exitCode()).as(ran.output()).isZero();
            assertThat(load.finishNow(client).lost()).isZero();
        }
    }

    private static Ran drill(String type, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("run", type, "--yes", "--skip-gate", "doctor", "--report", folder.toString()));
        arguments.addAll(List.of(more));
        return command(arguments);
    }

    private static Ran command(List<String> first) {
        StringWriter output = new StringWriter();
        List<String> arguments = new ArrayList<>(first);
        arguments.addAll(List.of(
                "--host",
                hosts(),
                "--user",
                "drill",
                "--password-file",
                folder.resolve("operator").toString(),
                "--patience",
                "30",
                "--url",
                service.baseUri().toString(),
                "--caller",
                ServiceProcess.CALLER,
                "--secret=" + ServiceProcess.SECRET));
        int exitCode = Commands.in(new DrillCommand())
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(output, true))
                .execute(arguments.toArray(String[]::new));
        return new Ran(exitCode, output.toString());
    }

    private static String hosts() {
        return cluster.nodes().stream().map(DrillIT::address).collect(Collectors.joining(","));
    }

    private static String address(TestNode node) {
        return "127.0.0.1:" + node.port();
    }

    /** Runs a command whose hook asks this process. */
    private static Ran withHook(BiConsumer<String, TestNode> action, java.util.function.Function<String, Ran> command) {
        try {
            Path request = folder.resolve("request");
            Path script = Files.writeString(folder.resolve("hook"), HOOK.formatted(request));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            CompletableFuture<Ran> running = CompletableFuture.supplyAsync(() -> command.apply(script.toString()));
            while (!running.isDone()) {
                if (Files.exists(request)) {
                    String[] words = Files.readString(request).strip().split(" ");
                    action.accept(words[0], node(Integer.parseInt(words[3])));
                    Files.delete(request);
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            return running.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static TestNode node(int port) {
        return cluster.nodes().stream()
                .filter(node -> node.port() == port)
                .findFirst()
                .orElseThrow();
    }

    private static List<TestNode> masters() {
        try (SlotOwners owners = SlotOwners.of(cluster)) {
            return cluster.nodes().stream()
                    .filter(node -> owners.masters().contains(node.port()))
                    .toList();
        }
    }

    private static String latest() {
        return history().path("reports").path(0).path("report").path("id").asText();
    }

    private static JsonNode history() {
        StringWriter output = new StringWriter();
        Commands.in(new DrillCommand())
                .setOut(new PrintWriter(output, true))
                .execute(
                        "history",
                        "--json",
                        "--url",
                        service.baseUri().toString(),
                        "--caller",
                        ServiceProcess.CALLER,
                        "--secret=" + ServiceProcess.SECRET);
        try {
            return AdminApi.JSON.readTree(output.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
