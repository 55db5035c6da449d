package dev.tokencache.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What operators do to a cluster, on purpose or not: move slots, hand over masters, rebuild nodes, mix clusters up. */
final class ClusterFaults {

    private final World world;
    private final RandomGenerator random;
    private final SimulatedCluster cluster;

    ClusterFaults(World world, RandomGenerator random, SimulatedCluster cluster) {
        this.world = world;
        this.random = random;
        this.cluster = cluster;
    }

    private SimulatedNode node() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    /** All masters with slots, in random order. */
    private List<SimulatedNode> masters() {
        List<SimulatedNode> masters = new ArrayList<>();
        cluster.nodes().stream()
                .filter(node -> node.isMaster() && node.saved().hasSlots(node.id()))
                .forEach(node -> masters.add(random.nextInt(masters.size() + 1), node));
        return masters;
    }

    Fault reshard(Duration duration) {
        List<SimulatedNode> masters = masters();
        Resharding[] resharding = new Resharding[1];
        return Fault.planned(
                "reshard",
                duration,
                () -> resharding[0] = Resharding.start(world, cluster, masters.get(0), masters.get(1), random),
                () -> resharding[0].isOver());
    }

    /** {@code CLUSTER FAILOVER}. */
    Fault failOver(Duration duration) {
        List<SimulatedNode> replicas =
                cluster.nodes().stream().filter(node -> !node.isMaster()).toList();
        SimulatedNode replica = replicas.get(random.nextInt(replicas.size()));
        return Fault.planned("fail over", duration, () -> replica.run().bus().failOver(), () -> true);
    }

    /**
     * A node loses everything, and starts with another id. Later it is added as a replica. A master is replaced before:
     * otherwise its replica would copy nothing from its address, and then have nothing either.
     */
    Fault rebuild(Duration duration) {
        SimulatedNode node = node();
        String oldId = node.id();
        int[] checksUntilJoin = {1 + random.nextInt(10)};
        return Fault.ofCluster("rebuild", duration, node::kill, () -> {
            if (!node.id().equals(oldId)) {
                return --checksUntilJoin[0] <= 0 && cluster.join(node, oldId);
            }
            if (cluster.isReplaced(node)) {
                cluster.rebuild(node);
                node.start();
            }
            return false;
        });
    }

    /** A node of another cluster is started at the address of one of this; it accepts no replicas. */
    Fault foreigner(Duration duration) {
        SimulatedNode node = node();
        return replaced("foreigner", node, cluster.foreigner(node), duration);
    }

    /** A node without a cluster is started at the address of one of this. */
    Fault stranger(Duration duration) {
        SimulatedNode node = node();
        return replaced("stranger", node, cluster.stranger(node), duration);
    }

    private static Fault replaced(String name, SimulatedNode node, SimulatedNode other, Duration duration) {
        return Fault.ofCluster(
                name,
                duration,
                () -> {
                    node.kill();
                    node.occupy(other);
                    other.start();
                },
                () -> {
                    other.kill();
                    node.occupy(null);
                    node.start();
                });
    }

    /** Two masters take the same config epoch. */
    Fault collideEpochs(Duration duration) {
        List<SimulatedNode> masters = masters();
        return Fault.ofCluster(
                "collide epochs",
                duration,
                () -> masters.subList(0, 2).forEach(master -> master.run().bus().bumpEpoch()),
                () -> {});
    }
}
