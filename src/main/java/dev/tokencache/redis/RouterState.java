package dev.tokencache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the router sees of Redis.
 *
 * @param isClusterOk whether the node asked last says that the cluster is in order; true for a single server
 * @param slotsCovered how many of the 16384 slots have a master
 * @param openBreakers how many masters are not asked at the moment, since they gave no answer for a while
 * @param nodes every node that is known, each master followed by its replicas
 */
public record RouterState(boolean isClusterOk, int slotsCovered, int openBreakers, List<Node> nodes) {

    public RouterState {
        nodes = List.copyOf(nodes);
    }

    /**
     * One node.
     *
     * @param endpoint where it listens
     * @param isMaster whether it takes writes
     * @param isUp whether there is a connection to it
     */
    public record Node(Endpoint endpoint, boolean isMaster, boolean isUp) {

        /** The same node as it is seen now. */
        public Node now(Predicate<Endpoint> isUpNow) {
            return new Node(endpoint, isMaster, isUpNow.test(endpoint));
        }
    }

    /** How many masters are known. */
    public long masters() {
        return nodes.stream().filter(Node::isMaster).count();
    }

    /** How many nodes there is a connection to. */
    public long nodesUp() {
        return nodes.stream().filter(Node::isUp).count();
    }

    /** Per master, in the order of {@link #nodes}, how many of its replicas there is a connection to. */
    public List<Integer> replicasPerMaster() {
        return replicasPerMaster(nodes);
    }

    /** As {@link #replicasPerMaster()}, for nodes each of whose masters is followed by its replicas. */
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
