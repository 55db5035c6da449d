package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A Redis Cluster of simulated nodes: masters that share the slots evenly, with the same number of replicas each. */
final class SimulatedCluster {

    private static final int PORT = 6379;
    private static final String FOREIGN_ID = "f".repeat(40);
    private static final long FOREIGN_EPOCH = 1000;

    private final Map<String, SimulatedNode> byId = new LinkedHashMap<>();
    private final Map<Endpoint, SimulatedNode> byEndpoint = new LinkedHashMap<>();
    private final World world;
    private final SimulatedNetwork network;
    private final String subnet;
    private final int masters;
    private int ids;

    SimulatedCluster(World world, SimulatedNetwork network, int masters, int replicasEach) {
        this(world, network, "10.0.0.", masters, replicasEach);
    }

    /** @param subnet the beginning of all addresses, with its last dot; of no other cluster */
    SimulatedCluster(World world, SimulatedNetwork network, String subnet, int masters, int replicasEach) {
        this.world = world;
        this.network = network;
        this.subnet = subnet;
        this.ids = masters * (1 + replicasEach);
        this.masters = masters;
        for (int i = 0; i < masters * (1 + replicasEach); i++) {
            NodesConf saved = new NodesConf(id(i));
            for (int j = 0; j < masters * (1 + replicasEach); j++) {
                boolean isMaster = j < masters;
                saved.add(id(j), endpoint(j), isMaster ? null : id(j % masters), isMaster ? j + 1 : 0, slots(j));
            }
            SimulatedNode node = new SimulatedNode(world, network, endpoint(i), saved, byId::get);
            byId.put(id(i), node);
            byEndpoint.put(endpoint(i), node);
        }
    }

    /** A random node, a master in three of four cases. */
    SimulatedNode usuallyMaster(RandomGenerator random) {
        List<SimulatedNode> nodes = nodes();
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        return node.isMaster() ? node : nodes.get(random.nextInt(nodes.size()));
    }

    /** A node of another cluster, at the address of one of this: it serves all slots, and has a newer epoch. */
    SimulatedNode foreigner(SimulatedNode at) {
        NodesConf saved = new NodesConf(FOREIGN_ID);
        BitSet all = new BitSet(HashSlot.COUNT);
        all.set(0, HashSlot.COUNT);
        saved.add(FOREIGN_ID, at.endpoint(), null, FOREIGN_EPOCH, all);
        SimulatedNode[] foreigner = new SimulatedNode[1];
        foreigner[0] = new SimulatedNode(world, network, at.endpoint(), saved, id -> foreigner[0]);
        return foreigner[0];
    }

    /** A node of no cluster, at the address of one of this. */
    SimulatedNode stranger(SimulatedNode at) {
        SimulatedNode stranger = foreigner(at);
        stranger.rebuild(FOREIGN_ID);
        return stranger;
    }

    /** Replaces what a node that does not run knows: it starts with another id, and knows no other node. */
    void rebuild(SimulatedNode node) {
        node.rebuild(id(ids++));
        byId.put(node.id(), node);
    }

    /** Whether no node gives slots to this one. */
    boolean isReplaced(SimulatedNode node) {
        return nodes().stream().filter(other -> other != node).noneMatch(other -> other.saved()
                .hasSlots(node.id()));
    }

    /** Adds a rebuilt node to the cluster as a replica of the master with the fewest, and forgets the id that it had. */
    boolean join(SimulatedNode node, String oldId) {
        List<SimulatedNode> others =
                nodes().stream().filter(other -> other != node).toList();
        SimulatedNode master = others.stream()
                .filter(other -> other.saved().hasSlots(other.id()))
                .min(Comparator.comparingLong(other -> others.stream()
                        .filter(replica -> other.id().equals(replica.saved().masterId()))
                        .count()))
                .orElseThrow();
        NodesConf newcomer = new NodesConf(node.id());
        newcomer.add(node.id(), node.endpoint(), master.id(), 0, new BitSet());
        others.forEach(other -> {
            other.saved().forget(oldId);
            other.saved().meet(newcomer);
        });
        node.saved().meet(master.saved());
        SimulatedNode.Run run = node.run();
        if (run == null) {
            node.saved().replicate(master.id());
        } else {
            run.process().run(() -> run.bus().replicate(master.id()));
        }
        return true;
    }

    private String id(int index) {
        return String.format("%036x%04x", subnet.equals("10.0.0.") ? 0 : subnet.hashCode() & 0xffff, index + 1);
    }

    private Endpoint endpoint(int index) {
        return new Endpoint(subnet + (index + 1), PORT);
    }

    private BitSet slots(int index) {
        BitSet slots = new BitSet(HashSlot.COUNT);
        if (index < masters) {
            slots.set(HashSlot.COUNT * index / masters, HashSlot.COUNT * (index + 1) / masters);
        }
        return slots;
    }

    void start() {
        nodes().forEach(SimulatedNode::start);
    }

    /** All nodes; at first the masters, then the replicas in the order of their masters. */
    List<SimulatedNode> nodes() {
        return new ArrayList<>(byEndpoint.values());
    }

    SimulatedNode byId(String id) {
        return byId.get(id);
    }

    void schedule(Duration delay, Runnable task) {
        world.time().schedule(delay, task);
    }

    SimulatedNode node(Endpoint endpoint) {
        return byEndpoint.get(endpoint);
    }
}
