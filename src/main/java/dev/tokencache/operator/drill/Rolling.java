package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.ClusterState.Shard;
import dev.tokencache.operator.drill.DrillPlan.Settings;
import dev.tokencache.operator.drill.DrillPlan.Step;
import dev.tokencache.redis.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The roll of the fleet: each shard's replicas restart, one takes over, and the old master restarts. */
final class Rolling {

    static final String RESTART = "restart ";

    private Rolling() {}

    static List<Step> steps(ClusterState cluster, Settings settings) {
        List<Step> steps = new ArrayList<>();
        List<Shard> shards = cluster.shards();
        int parallel = Math.max(1, settings.parallel());
        for (int first = 0; first < shards.size(); first += parallel) {
            List<Shard> group = shards.subList(first, Math.min(shards.size(), first + parallel));
            group.forEach(shard -> shard.replicas().stream()
                    .filter(replica -> isWanted(replica, settings.nodes()))
                    .forEach(replica -> steps.add(step(shard, replica))));
            for (Shard shard : group) {
                if (isWanted(shard.master(), settings.nodes())) {
                    steps.add(Handover.step(shard));
                    steps.add(step(shard, shard.master()));
                }
            }
        }
        return steps;
    }

    private static boolean isWanted(Node node, List<Endpoint> only) {
        return only.isEmpty() || only.contains(node.address());
    }

    private static Step step(Shard shard, Node node) {
        return new Step(
                RESTART + node + ", a replica of shard " + shard.name() + (node.isMaster() ? " by then" : ""),
                shard.index(),
                node.address(),
                run -> restart(run, node.id()));
    }

    private static void restart(DrillRun run, String id) {
        Node node = run.nodeNow(run.member(run.view(), id));
        if (node.isMaster()) {
            throw run.broken(node + " has become a master: it must hand over before it restarts");
        }
        String before = node.info().getOrDefault("run_id", "");
        DrillRun.Undone restarting = run.undone(
                node + " was stopped, and is not in sync yet",
                "start it if it is down, and wait until INFO replication on it says master_link_status:up");
        run.struck();
        Hook hook = run.settings().hook();
        if (hook != null) {
            run.hook(hook, "restart", node);
        } else {
            // The reply is the end of the connection.
            run.attempt(node, "SHUTDOWN");
        }
        run.await(node + " to run again", run.settings().patience(), () -> {
            Node now = run.nodeNow(node);
            return now.isReachable() && !before.equals(now.info().get("run_id"))
                    ? Optional.empty()
                    : Optional.of(node + " has not restarted");
        });
        run.await(node + " to be in sync", run.settings().patience(), () -> {
            String master = run.member(run.view(), id).line().masterId();
            return new Readiness(run, id, master).obstacle();
        });
        run.settled(restarting);
        run.say(node + " runs " + run.nodeNow(node).version() + ", was " + node.version());
    }
}
