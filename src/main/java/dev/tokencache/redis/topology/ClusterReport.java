package dev.tokencache.redis.topology;

import java.util.ArrayList;
import java.util.List;

/**
 * The state of the masters as one node reports it in {@code CLUSTER NODES}. A master is found by a slot, not by its address:
 * nodes may know it by another address than this service. Pure.
 */
record ClusterReport(List<Range> ranges) {

    /** The state of a master, from best to worst. */
    enum State {
        /** The node has no reason to doubt the master. */
        WORKING,
        /** The node has no connection to the master's cluster bus, for example because the master's process has ended. */
        DISCONNECTED,
        /** The node reports {@code fail?} or {@code fail}: no reply for longer than {@code cluster-node-timeout}. */
        FAILED
    }

    /** The slots from {@code first} to {@code last}, and the state of their master. */
    record Range(int first, int last, State state) {}

    /** Parses the reply of {@code CLUSTER NODES}. Ignores replicas, and slots that are being moved. */
    static ClusterReport parse(String nodes) {
        List<Range> ranges = new ArrayList<>();
        for (ClusterNode node : ClusterNode.parse(nodes)) {
            if (node.isMaster()) {
                State state = state(node);
                node.slots().forEach(slots -> ranges.add(new Range(slots[0], slots[1], state)));
            }
        }
        return new ClusterReport(ranges);
    }

    private static State state(ClusterNode node) {
        if (node.flags().contains("fail") || node.flags().contains("fail?")) {
            return State.FAILED;
        }
        return node.isDisconnected() ? State.DISCONNECTED : State.WORKING;
    }

    /** The state of the slot's master. Unknown counts as working: only a reported failure proves something. */
    State state(int slot) {
        return ranges.stream()
                .filter(range -> range.first() <= slot && slot <= range.last())
                .map(Range::state)
                .findFirst()
                .orElse(State.WORKING);
    }
}
