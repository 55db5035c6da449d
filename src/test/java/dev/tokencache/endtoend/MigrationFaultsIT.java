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

/** The migration from an old Redis to the cluster while one participant is killed in the middle of the backfill. */
class MigrationFaultsIT {

    private static final int SESSIONS = 2000;
    private static final int KEYS_PER_SECOND = 200;
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

    /** Tolerates some mismatches: a renewal that reached only one side is one until it is repeated. */
    private static MigrationWalk start(String minReplicas) {
        return MigrationWalk.start(
                "json",
                SESSIONS,
                Map.of("tokencache.migration.max-mismatch-rate", "0.1", "tokencache.redis.min-replicas", minReplicas));
    }

    private static void toTheMiddleOfTheBackfill(MigrationWalk walk) {
        walk.people().start();
        walk.to("legacy");
        walk.to("mirror");
        walk.backfill(KEYS_PER_SECOND);
        walk.awaitScanned(SESSIONS / 4);
        assertThat(walk.status().getInt("backfill.scanned")).isLessThan(SESSIONS);
    }

    /** The runbook's steps after a fault: another backfill once writes reach both sides again. */
    private static void onToTheCluster(MigrationWalk walk) {
        walk.hurry();
        walk.awaitBackfill();
        walk.ramp(50);
        walk.backfillAnew();
        walk.awaitBackfill();
        onFromTheMiddle(walk);
    }

    private static void onFromTheMiddle(MigrationWalk walk) {
        walk.awaitMayAdvance();
        walk.ramp(100);
        walk.awaitMayAdvance();
        walk.to("cluster");
        walk.awaitMayAdvance();
    }

    @Test
    void shouldContinueWhenARestartedOldRedisHasItsDataAgain() {
        try (MigrationWalk walk = start("0")) {
            toTheMiddleOfTheBackfill(walk);

            walk.people().notes().step("mirror, while the old Redis is down");
            walk.site().old.kill9();
            walk.people().letRun(100);
            walk.site().old.restart();
            walk.people().awaitServed();
            walk.people().notes().step("mirror, with the old Redis up again");
            onToTheCluster(walk);

            Notes notes = walk.people().notes();
            notes.step("cluster, while the old Redis is down");
            long unknown = notes.count(Notes.VALIDATION, Outcome.UNKNOWN);
            walk.site().old.kill9();
            walk.people().letRun(100);
            assertThat(notes.count(Notes.VALIDATION, Outcome.UNKNOWN))
                    .as("unknown validations of active tokens while the cluster is healthy: %s", notes)
                    .isLessThanOrEqualTo(unknown + SLOW);
            walk.site().old.restart();
            walk.people().awaitServed();
            walk.finish();
        }
    }

    @Test
    void shouldSurviveTheLossOfTheMasterThatStoresTheState() {
        try (MigrationWalk walk = start("1")) {
            toTheMiddleOfTheBackfill(walk);

            TestCluster cluster = RedisClusterResource.cluster();
            TestNode master = cluster.masterOf(cluster.slotOf(walk.site().stateKey()));
            TestNode replica = cluster.replicasOf(master).get(0);
            walk.people().notes().step("mirror, while a master is down");
            master.kill9();
            Awaitility.await("the promotion")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> isMaster(replica));
            walk.people().awaitServed();
            cluster.heal();
            walk.hurry();
            assertThat(walk.awaitBackfill().getInt("run"))
                    .as("runs: the first one may have passed keys that the cluster lost")
                    .isGreaterThan(1);
            walk.ramp(50);
            onFromTheMiddle(walk);
            walk.finish();
        }
    }

    private static boolean isMaster(TestNode node) {
        try (RespClient client = node.connect()) {
            return RespClient.textOf(client.list("ROLE").get(0)).equals("master");
        }
    }

    @Test
    void shouldFinishTheBackfillOfAKilledService() {
        try (MigrationWalk walk = start("0")) {
            toTheMiddleOfTheBackfill(walk);

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
            onToTheCluster(walk);
            walk.finish();
        }
    }

    private static ServiceProcess runner(MigrationWalk walk) {
        return walk.services().stream()
                .filter(service -> service.output().contains("Backfill started on this instance; run=1"))
                .findFirst()
                .orElseThrow();
    }
}
