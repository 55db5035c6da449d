package dev.tokencache.deploy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The decisions of {@code deploy/redis/roll-node}, which FaultsOfPlannedMovesIT runs on real nodes. */
class RollNodeTest {

    private static final int MASTER = 7001;
    private static final int OTHER_MASTER = 7002;
    private static final int REPLICA = 7004;
    private static final String COMMAND = "restart-it";

    /** SECONDS is the time of the last reply, which advances. */
    private static final String NODES = """
            id1 127.0.0.1:7001@17001 master - 0 SECONDS 1 connected 0-8000
            id2 127.0.0.1:7002@17002 master - 0 SECONDS 2 connected 8001-16383
            id4 127.0.0.1:7004@17004 slave id1 0 SECONDS 1 connected
            """;

    @TempDir
    private Path folder;

    private ScriptedNodes nodes;

    @BeforeEach
    void healthy() {
        nodes = new ScriptedNodes(folder);
        for (int port : List.of(MASTER, OTHER_MASTER, REPLICA)) {
            sees(port, NODES);
            nodes.reply(port, "PING", "PONG");
            nodes.reply(port, "CLUSTER INFO", "cluster_state:ok\ncluster_slots_ok:16384");
            nodes.reply(port, "CONFIG GET cluster-node-timeout", "cluster-node-timeout\n2000");
        }
        nodes.reply(MASTER, "ROLE", "master");
        nodes.reply(REPLICA, "ROLE", "slave");
        nodes.reply(MASTER, "INFO replication", "role:master\nmaster_repl_offset:100");
        nodes.reply(
                REPLICA,
                "INFO replication",
                "role:slave\nmaster_link_status:up\nmaster_sync_in_progress:0\nslave_repl_offset:100");
        nodes.reply(MASTER, "INFO server", "redis_version:6.2.14");
        nodes.reply(REPLICA, "INFO server", "redis_version:7.0.15");
        nodes.act(
                REPLICA,
                "CLUSTER FAILOVER",
                nodes.then(REPLICA, "ROLE", "master") + nodes.then(MASTER, "ROLE", "slave"));
    }

    private void sees(int port, String view) {
        String own = view.replaceAll("(:" + port + "@\\S+) ", "$1 myself,");
        nodes.act(port, "CLUSTER NODES", "cat <<END\n" + own.replace("SECONDS", "$(date +%s)") + "END\n");
    }

    private ExternalTool.Result check() {
        return nodes.run("roll-node", "--check", "127.0.0.1:" + REPLICA);
    }

    private ExternalTool.Result roll(int port, String version) {
        // The command makes the node run the version, as a complete replica.
        String command = nodes.then(port, "INFO server", "redis_version:" + version)
                + "echo " + COMMAND + " >> \"$LAB/commands\"\n"
                + "printf 'cat \"$LAB/complete\"' > \"$LAB/" + port + "/INFO replication\"\n"
                + "printf 'role:slave\\nmaster_link_status:up\\nmaster_sync_in_progress:0\\n' > \"$LAB/complete\"\n"
                + "sed 's/id1 \\(.*\\) master - /id1 \\1 slave id4 /; s/id4 \\(.*\\) slave id1 /id4 \\1 master - /'"
                + " \"$LAB/7002/CLUSTER NODES\" > \"$LAB/swapped\"\n"
                + (port == MASTER
                        ? "for port in 7001 7002 7004; do sed \"s/:$port@1$port myself,*/:$port@1$port /;"
                                + " s/:$port@1$port /:$port@1$port myself,/; s/:7002@17002 myself,/:7002@17002 /\""
                                + " \"$LAB/swapped\" > \"$LAB/$port/CLUSTER NODES\"; done\n"
                        : "");
        return nodes.run("roll-node", "127.0.0.1:" + port, "7.0", "sh", "-c", command);
    }

    private void assertNothingChanged() {
        assertThat(nodes.commands())
                .noneMatch(command -> command.contains("FAILOVER")
                        || command.contains("SHUTDOWN")
                        || command.contains("PAUSE")
                        || command.equals(COMMAND));
    }

    @Test
    void shouldAcceptAReplicaThatAllMastersHear() {
        ExternalTool.Result result = check();

        assertThat(result.exit()).as(result.errors()).isZero();
        assertThat(result.output()).contains("can take over");
        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource({
        "7001, slave id1, 'slave,fail id1', lists 127.0.0.1:7004 as failed",
        "7002, slave id1, 'slave,fail? id1', lists 127.0.0.1:7004 as failed",
        "7002, slave id1, slave id2, does not list 127.0.0.1:7004 as a replica of its master",
        "7002, id4, id5, does not know 127.0.0.1:7004",
        "7001, id1 0 SECONDS 1 connected, id1 0 SECONDS 1 disconnected, has no connection to 127.0.0.1:7004",
        "7004, master - 0 SECONDS 2, 'master,fail? - 0 SECONDS 2', has no connection to 127.0.0.1:7002",
        "7004, 2 connected, 2 disconnected, has no connection to 127.0.0.1:7002",
        "7001, 0 SECONDS 1, 0 1 1, 127.0.0.1:7001 has no reply of the replica",
    })
    void shouldRefuseAReplicaThatANodeDoesNotHear(int viewer, String part, String seen, String reason) {
        sees(viewer, NODES.replace(part, seen));

        assertRefused(reason);
    }

    private void assertRefused(String reason) {
        ExternalTool.Result result = check();
        assertThat(result.exit()).isOne();
        assertThat(result.errors()).contains("cannot take over").contains(reason);
        assertNothingChanged();
    }

    @Test
    void shouldRefuseAReplicaWhoseClusterIsNotOk() {
        nodes.reply(REPLICA, "CLUSTER INFO", "cluster_state:fail");
        assertRefused("cluster_state is not ok on 127.0.0.1:7004");
    }

    @Test
    void shouldRefuseAReplicaThatIsNotInSync() {
        nodes.reply(REPLICA, "INFO replication", "role:slave\nmaster_link_status:down\nmaster_sync_in_progress:0");
        assertRefused("not in sync");
    }

    @Test
    void shouldRefuseAMaster() {
        nodes.reply(REPLICA, "INFO replication", "role:master\nmaster_repl_offset:1");
        assertRefused("127.0.0.1:7004 is a master");
    }

    @Test
    void shouldRefuseWhenANodeDoesNotReply() {
        nodes.stop(OTHER_MASTER);
        assertRefused("127.0.0.1:7002 does not reply");
        nodes.stop(REPLICA);
        assertRefused("127.0.0.1:7004 does not reply");
    }

    /** A node is listed as failed only after the node timeout. */
    @Test
    void shouldWaitForTwiceTheNodeTimeoutWithoutInterruption() {
        nodes.act(
                REPLICA,
                "CLUSTER INFO",
                "[ $(($(date +%s) % 3)) -eq 0 ] && echo cluster_state:fail || echo cluster_state:ok\n");
        assertRefused("cluster_state is not ok");
    }

    @Test
    void shouldFailOverBeforeItRestartsAMaster() {
        ExternalTool.Result result = roll(MASTER, "7.0.15");

        assertThat(result.exit()).as(result.output() + result.errors()).isZero();
        assertThat(result.output()).contains("is a complete replica");
        assertThat(nodes.commands())
                .containsSubsequence(
                        "7004 CLUSTER FAILOVER", "7004 CLIENT PAUSE 10000 WRITE", "7004 CLIENT UNPAUSE", COMMAND)
                .noneMatch(command -> command.contains("SHUTDOWN"));
    }

    @Test
    void shouldRestartAReplicaWithoutAFailover() {
        nodes.reply(REPLICA, "INFO server", "redis_version:6.2.14");

        ExternalTool.Result result = roll(REPLICA, "7.0.15");

        assertThat(result.exit()).as(result.output() + result.errors()).isZero();
        assertThat(nodes.commands()).contains(COMMAND).noneMatch(command -> command.contains("FAILOVER"));
    }

    @Test
    void shouldRestartNothingThatRunsTheVersionAlready() {
        ExternalTool.Result result = roll(REPLICA, "7.0.15");

        assertThat(result.exit()).as(result.errors()).isZero();
        assertThat(result.output()).contains("already runs 7.0.15");
        assertNothingChanged();
    }

    @Test
    void shouldNotFailOverToAnOlderNode() {
        nodes.reply(MASTER, "INFO server", "redis_version:6.2.14");
        nodes.reply(REPLICA, "INFO server", "redis_version:6.2.6");

        ExternalTool.Result result = roll(MASTER, "7.0.15");

        assertThat(result.exit()).isOne();
        assertThat(result.errors()).contains("an older node may be unable to read its data");
        assertNothingChanged();
    }

    /** Two masters would both accept logins for one shard. */
    @Test
    void shouldStopTheReplicaIfTheOldMasterDoesNotFollowIt() {
        nodes.act(REPLICA, "CLUSTER FAILOVER", nodes.then(REPLICA, "ROLE", "master"));
        nodes.act(REPLICA, "SHUTDOWN NOSAVE", "touch \"$LAB/7004/down\"\n");

        ExternalTool.Result result = roll(MASTER, "7.0.15");

        assertThat(result.exit()).isOne();
        assertThat(result.errors()).contains("two masters", "was stopped", "delete its data and its nodes.conf");
        assertThat(nodes.commands())
                .containsSubsequence("7004 CLUSTER FAILOVER", "7004 CLIENT PAUSE 10000 WRITE", "7004 SHUTDOWN NOSAVE")
                .doesNotContain("7004 CLIENT UNPAUSE", COMMAND);
    }

    @Test
    void shouldWarnIfTheStoppedReplicaIsStartedAgain() {
        nodes.act(REPLICA, "CLUSTER FAILOVER", nodes.then(REPLICA, "ROLE", "master"));

        ExternalTool.Result result = roll(MASTER, "7.0.15");

        assertThat(result.exit()).isOne();
        assertThat(result.errors()).contains("DANGER", "127.0.0.1:7004 runs. Stop its service now");
    }

    @Test
    void shouldChangeNothingMoreIfTheFailoverIsAbandoned() {
        nodes.reply(REPLICA, "CLUSTER FAILOVER", "OK");

        ExternalTool.Result result = roll(MASTER, "7.0.15");

        assertThat(result.exit()).isOne();
        assertThat(result.errors()).contains("did not become master", "127.0.0.1:7001 is still the master");
        assertThat(nodes.commands())
                .doesNotContain(COMMAND)
                .noneMatch(command -> command.contains("SHUTDOWN") || command.contains("PAUSE"));
    }

    @Test
    void shouldNotShowThePassword() {
        ExternalTool.Result result = check();

        assertThat(result.output() + result.errors() + nodes.commands()).doesNotContain("the-password");
    }
}
