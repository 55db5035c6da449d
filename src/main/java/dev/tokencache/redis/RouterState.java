package dev.tokencache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The state of Redis as the router sees it.
 *
 * @param isClusterOk whether the node queried last reports {@code cluster_state:ok}; true for a standalone server
 * @param slotsCovered how many of the 16384 slots have a master
 * @param openBreakers how many masters receive no calls at the moment, because earlier ones had no reply
 * @param nodes all known nodes, each master followed by its replicas
 */
public record RouterState(boolean isClusterOk, int slotsCovered, int openBreakers, List<Node> nodes) {

    public RouterState {
        nodes = List.copyOf(nodes);
    }

    /** A node, whether it serves slots, and whether a connection to it is established. */
    public record Node(Endpoint endpoint, boolean isMaster, boolean isUp) {

        public Node now(Predicate<Endpoint> isUpNow) {
            return new Node(endpoint, isMaster, isUpNow.test(endpoint));
        }
    }

    public long masters() {
        return nodes.stream().filter(Node::isMaster).count();
    }

    public long nodesUp() {
        return nodes.stream().filter(Node::isUp).count();
    }

    /** Per master, in the order of {@link #nodes}: the number of replicas to which a connection is established. */
    public List<Integer> replicasPerMaster() {
        return replicasPerMaster(nodes);
    }

    /** As {@link #replicasPerMaster()}, for a list in which each master is followed by its replicas. */
    public static List<Integer> replicasPerMaster(List<Node> nodes) {
        List<Integer> counts = new ArrayList<>();
        for (Node node : nodes) {
            if (node.isMaster()) {
                counts.add(0);
            } else if (node.isUp()) {
                int last = counts.size() - 1;
                counts.set(last, counts.get(last) + 1);
            }
        }
        return counts;
    }
}
