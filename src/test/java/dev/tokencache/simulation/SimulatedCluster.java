package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Redis Cluster of simulated nodes: masters that share the slots evenly, with the same number of replicas each. */
final class SimulatedCluster {

    private static final int PORT = 6379;

    private final Map<String, SimulatedNode> byId = new LinkedHashMap<>();
    private final Map<Endpoint, SimulatedNode> byEndpoint = new LinkedHashMap<>();
    private final int masters;

    SimulatedCluster(World world, SimulatedNetwork network, int masters, int replicasEach) {
        this.masters = masters;
        for (int i = 0; i < masters * (1 + replicasEach); i++) {
            ClusterBus.Saved saved = new ClusterBus.Saved(id(i));
            for (int j = 0; j < masters * (1 + replicasEach); j++) {
                boolean isMaster = j < masters;
                saved.add(id(j), endpoint(j), isMaster ? null : id(j % masters), isMaster ? j + 1 : 0, slots(j));
            }
            SimulatedNode node = new SimulatedNode(world, network, endpoint(i), id(i), saved, byId::get);
            byId.put(id(i), node);
            byEndpoint.put(endpoint(i), node);
        }
    }

    private static String id(int index) {
        return String.format("%040x", index + 1);
    }

    private static Endpoint endpoint(int index) {
        return new Endpoint("10.0.0." + (index + 1), PORT);
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
        return new ArrayList<>(byId.values());
    }

    SimulatedNode node(Endpoint endpoint) {
        return byEndpoint.get(endpoint);
    }
}
