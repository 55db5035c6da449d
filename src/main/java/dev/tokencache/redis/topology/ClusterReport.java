package dev.tokencache.redis.topology;

import java.util.List;

/**
 * The state of the masters as one node reports it in {@code CLUSTER NODES}. A master is found by a slot, not by its address:
 * nodes may know it by another address than this service. Pure.
 */
record ClusterReport(List<ClusterNode> nodes) {

    /** The state of a master, from best to worst. */
    enum State {
        /** The node has no reason to doubt the master. */
        WORKING,
        /** The node has no connection to the master's cluster bus, for example because the master's process has ended. */
        DISCONNECTED,
        /** The node reports {@code fail?} or {@code fail}: no reply for longer than {@code cluster-node-timeout}. */
        FAILED
    }

    /** Parses the reply of {@code CLUSTER NODES}. */
    static ClusterReport parse(String nodes) {
        return new ClusterReport(ClusterNode.parse(nodes));
    }

    private static State state(ClusterNode node) {
        if (node.flags().contains("fail") || node.flags().contains("fail?")) {
            return State.FAILED;
        }
        return node.isDisconnected() ? State.DISCONNECTED : State.WORKING;
    }

    /** The state of the slot's master. Unknown counts as working: only a reported failure proves something. */
    State state(int slot) {
        return nodes.stream()
                .filter(node -> node.isMaster() && node.serves(slot))
                .map(ClusterReport::state)
                .findFirst()
                .orElse(State.WORKING);
    }
}
