package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.ClusterState.Shard;
import dev.tokencache.operator.drill.DrillPlan.Settings;
import dev.tokencache.operator.drill.DrillPlan.Step;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.token.InvalidRequestException;
import java.util.List;
import java.util.Optional;

/** The loss of one node: a hook kills it, the cluster recovers, and a hook or a supervisor starts it again. */
final class Loss {

    private Loss() {}

    static List<Step> steps(ClusterState cluster, Settings settings, boolean ofMaster) {
        Hook hook = settings.hook();
        if (hook == null) {
            throw new InvalidRequestException("hook", "is missing: the program that kills a node");
        }
        Shard shard = DrillPlan.shard(cluster, settings);
        List<Node> victims = ofMaster ? List.of(shard.master()) : shard.replicas();
        Node victim = victims.stream()
                .filter(node -> settings.nodes().isEmpty() || settings.nodes().contains(node.address()))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        "nodes", "must name a " + (ofMaster ? "master" : "replica") + " of shard " + shard.name()));
        int slot = shard.master().line().slots().get(0)[0];
        return List.of(
                new Step(
                        "kill " + victim + ", " + (ofMaster ? "the master" : "a replica") + " of shard " + shard.name()
                                + (ofMaster ? ", and wait until a replica has taken over" : ""),
                        shard.index(),
                        victim.address(),
                        run -> kill(run, hook, victim, slot)),
                new Step(
                        "bring " + victim + " back, as a replica in sync",
                        shard.index(),
                        victim.address(),
                        run -> restore(run, victim)));
    }

    private static void kill(DrillRun run, Hook hook, Node victim, int slot) {
        Hook restore = run.settings().restoreHook();
        run.undone(
                victim + " was killed",
                "start it again, with its nodes.conf and its data: see docs/runbooks/loss-of-a-node.md",
                restore == null ? null : () -> restore.run("restore", victim));
        run.struck();
        run.hook(hook, "kill", victim);
        if (victim.isMaster()) {
            run.await(
                    "a replica to take over",
                    run.settings().patience(),
                    () -> heir(run, victim, slot).isPresent()
                            ? Optional.empty()
                            : Optional.of("no node has taken over from " + victim));
            run.recovered();
            run.say(heir(run, victim, slot).map(Node::toString).orElse("a replica") + " has taken over from " + victim);
        }
    }

    /** The new master, as it reports itself. */
    private static Optional<Node> heir(DrillRun run, Node victim, int slot) {
        for (Endpoint seed : run.plan.before().addresses()) {
            if (!seed.equals(victim.address())) {
                try {
                    Optional<Node> owner =
                            ClusterState.view(run.nodes(), List.of(seed)).owner(slot);
                    if (owner.isPresent() && !owner.get().id().equals(victim.id()) && run.isMaster(owner.get())) {
                        return owner;
                    }
                } catch (Nodes.Failure unreachable) {
                    // The others may know.
                }
            }
        }
        return Optional.empty();
    }

    private static void restore(DrillRun run, Node victim) {
        Hook restore = run.settings().restoreHook();
        if (restore != null) {
            run.hook(restore, "restore", victim);
        }
        run.await(victim + " to be a replica in sync", run.settings().patience(), () -> {
            Node now = run.member(run.view(), victim.id());
            return now.isMaster()
                    ? Optional.of(victim + " is not back as a replica")
                    : new Readiness(run, victim.id(), now.line().masterId()).obstacle();
        });
        run.settledAll();
    }
}
