package dev.tokencache.endtoend;

import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The migration from an old Redis to the cluster while each participant is killed in the middle of the backfill. */
class MigrationFaultsIT {

    private static final int SESSIONS = 2000;

    /** So slow that the backfill cannot be complete before the last fault. */
    private static final int KEYS_PER_SECOND = 20;

    /** Tolerates some mismatches: a renewal that reached only one side is one until it is repeated. */
    private static final Map<String, String> SETTINGS =
            Map.of("tokencache.migration.max-mismatch-rate", "0.1", "tokencache.redis.min-replicas", "1");

    /** Each may take seconds. */
    private static final int CALLS_WITHOUT_OLD_REDIS = 50;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A runner that stalls for longer than its lease takes a new one, so the fencing token may exceed 2. */
    private static final Pattern TAKEN_OVER =
            Pattern.compile("Backfill started on this instance; run=1 fencing_token=[2-9]");

    /** How many of some hundred calls may exceed their time limit because the machine is busy. */
    private static final int SLOW = 2;

    @AfterEach
    void heal() {
        RedisClusterResource.cluster().heal();
    }

    /** One walk for all faults: {@code MigrationSimulationTest} has them one by one, in every order. */
    @Test
    void shouldLoseNothingToFaultsInTheMiddleOfTheBackfill() {
        try (MigrationWalk walk = MigrationWalk.start("json", SESSIONS, SETTINGS)) {
            walk.people().start();
            walk.to("legacy");
            walk.to("mirror");
            walk.backfill(KEYS_PER_SECOND);
            walk.awaitScanned(KEYS_PER_SECOND);

            restartOldRedis(walk);
            killRunner(walk);
            killMasterOfTheState(walk);
            assertThat(walk.status().getInt("backfill.scanned")).isLessThan(SESSIONS);

            // The runbook's steps after a fault: another backfill once writes reach both sides again.
            walk.hurry();
            assertThat(walk.awaitBackfill().getInt("run"))
                    .as("runs: the first one may have passed keys that the cluster lost")
                    .isGreaterThan(1);
            walk.ramp(50);
            walk.backfillAnew();
            walk.awaitBackfill();
            walk.awaitMayAdvance();
            walk.ramp(100);
            walk.awaitMayAdvance();
            walk.to("cluster");
            walk.awaitMayAdvance();
            serveWithoutOldRedis(walk);
            walk.finish();
        }
    }

    private static void restartOldRedis(MigrationWalk walk) {
        walk.people().notes().step("mirror, while the old Redis is down");
        walk.site().old.kill9();
        walk.people().letRun(CALLS_WITHOUT_OLD_REDIS);
        walk.site().old.restart();
        walk.people().awaitServed();
    }

    private static void killRunner(MigrationWalk walk) {
        ServiceProcess runner = runner(walk);
        ServiceProcess other = walk.services().stream()
                .filter(service -> !service.equals(runner))
                .findFirst()
                .orElseThrow();
        walk.people().notes().step("mirror, while a service is down");
        runner.kill9();
        Awaitility.await("the other service to take over")
                .atMost(PATIENCE)
                .until(() -> TAKEN_OVER.matcher(other.output()).find());
        walk.replace(runner);
        walk.people().awaitServed();
    }

    private static ServiceProcess runner(MigrationWalk walk) {
        return walk.services().stream()
                .filter(service -> service.output().contains("Backfill started on this instance; run=1"))
                .findFirst()
                .orElseThrow();
    }

    private static void killMasterOfTheState(MigrationWalk walk) {
        TestCluster cluster = RedisClusterResource.cluster();
        TestNode master = cluster.masterOf(cluster.slotOf(walk.site().stateKey()));
        TestNode replica = cluster.replicasOf(master).get(0);
        walk.people().notes().step("mirror, while a master is down");
        master.kill9();
        Awaitility.await("the promotion").atMost(PATIENCE).ignoreExceptions().until(() -> isMaster(replica));
        walk.people().awaitServed();
        cluster.heal();
    }

    private static boolean isMaster(TestNode node) {
        try (RespClient client = node.connect()) {
            return RespClient.textOf(client.list("ROLE").get(0)).equals("master");
        }
    }

    private static void serveWithoutOldRedis(MigrationWalk walk) {
        Notes notes = walk.people().notes();
        notes.step("cluster, while the old Redis is down");
        long unknown = notes.count(Notes.VALIDATION, Outcome.UNKNOWN);
        walk.site().old.kill9();
        walk.people().letRun(CALLS_WITHOUT_OLD_REDIS);
        assertThat(notes.count(Notes.VALIDATION, Outcome.UNKNOWN))
                .as("unknown validations of active tokens while the cluster is healthy: %s", notes)
                .isLessThanOrEqualTo(unknown + SLOW);
        walk.site().old.restart();
        walk.people().awaitServed();
    }
}
