package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.ClusterState.Shard;
import dev.tokencache.operator.drill.DrillPlan.Settings;
import dev.tokencache.operator.drill.DrillPlan.Step;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A planned fail-over ({@code CLUSTER FAILOVER}), with the rules of {@code deploy/redis/roll-node}: not to an older version,
 * only to a replica that could have taken over at any moment of twice the node timeout, and never with two masters left.
 */
final class Handover {

    /** Redis abandons a failover after five seconds. */
    private static final Duration ABANDONED = Duration.ofSeconds(7);
    /** The old master learns of its successor within milliseconds. */
    private static final Duration TWO_MASTERS = Duration.ofSeconds(3);

    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final Duration STOPPED = Duration.ofSeconds(3);

    private Handover() {}

    static List<Step> steps(ClusterState cluster, Settings settings) {
        return List.of(step(DrillPlan.shard(cluster, settings)));
    }

    static Step step(Shard shard) {
        return new Step(
                "hand over shard " + shard.name() + " from its master " + shard.master(),
                shard.index(),
                shard.master().address(),
                run -> run(run, shard.master().id()));
    }

    static void run(DrillRun run, String masterId) {
        ClusterState cluster = run.cluster();
        Node master = run.member(cluster, masterId);
        if (!master.isMaster()) {
            throw run.broken(master + " is no master any more");
        }
        Node replica = cluster.replicasOf(masterId).stream()
                .filter(node -> node.gap(master).isEmpty())
                .max(Comparator.comparingLong(Node::offset))
                .orElseThrow(() -> run.broken(master + " has no replica in sync"));
        if (isOlder(replica.version(), master.version())) {
            throw run.broken(replica + " runs " + replica.version() + ", and its master " + master + " runs "
                    + master.version() + ": an older node may be unable to read its data");
        }
        Readiness readiness = new Readiness(run, replica.id(), masterId);
        readiness.awaitSteady();
        long offset = run.nodeNow(master).offset();
        run.await(
                replica + " to catch up",
                CATCH_UP,
                () -> run.nodeNow(replica).offset() >= offset
                        ? Optional.empty()
                        : Optional.of(replica + " is behind " + master));
        failOver(run, replica, master);
        run.await(
                master + " to follow " + replica,
                run.settings().patience(),
                new Readiness(run, masterId, replica.id())::obstacle);
    }

    /**
     * As soon as the replica is a master, its writes wait until its old master follows it (Redis 6.2 and later), so hardly any
     * write is lost if it must be stopped again. Not before: a paused replica does not take the writes of its master either.
     */
    private static void failOver(DrillRun run, Node replica, Node master) {
        run.say("failing over from " + master + " to " + replica);
        run.struck();
        run.send(replica, "CLUSTER", "FAILOVER");
        if (!run.waits(ABANDONED, () -> run.isMaster(replica))) {
            throw run.broken(replica + " did not become master within " + ABANDONED.toSeconds() + " s. " + master
                    + " is still the master. Read the log of " + replica);
        }
        run.recovered();
        long pause = ABANDONED.plus(TWO_MASTERS).toMillis();
        run.attempt(replica, "CLIENT", "PAUSE", Long.toString(pause), "WRITE");
        try {
            if (!run.waits(TWO_MASTERS, () -> !run.isMaster(master)) && run.isMaster(master)) {
                stop(run, replica, master);
            }
        } finally {
            run.attempt(replica, "CLIENT", "UNPAUSE");
        }
    }

    private static void stop(DrillRun run, Node replica, Node master) {
        run.attempt(replica, "SHUTDOWN", "NOSAVE");
        run.waits(STOPPED, () -> false);
        boolean runs = run.nodeNow(replica).isReachable();
        run.undone(
                "two masters of one shard: " + replica + " became master, and " + master + " did not follow it",
                runs
                        ? "stop the service of " + replica + " now: what it acknowledges is lost"
                        : "before " + replica + " starts again, delete its data and its nodes.conf: see"
                                + " docs/runbooks/rolling-upgrade-of-redis.md#two-masters");
        throw run.broken("two masters of one shard");
    }

    /** Whether a version is older than another one; not if either is unknown. */
    static boolean isOlder(String version, String other) {
        int[] left = numbers(version);
        int[] right = numbers(other);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            if (left[i] != right[i]) {
                return left[i] < right[i];
            }
        }
        return false;
    }

    private static int[] numbers(String version) {
        return Stream.of(version.split("\\."))
                .filter(part -> part.matches("[0-9]{1,9}"))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
