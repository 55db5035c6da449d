package dev.tokencache.store.redis.router;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the router sees of Redis.
 *
 * @param isClusterOk whether the node asked last says that the cluster is in order; true for a single server
 * @param slotsCovered how many of the 16384 slots have a master
 * @param openBreakers how many masters are not asked at the moment, since they gave no answer for a while
 * @param nodes every node that is known
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
    public record Node(Endpoint endpoint, boolean isMaster, boolean isUp) {}

    static RouterState of(SlotMap slots, boolean isClusterOk, int openBreakers, Predicate<Endpoint> isUp) {
        List<Node> nodes = new ArrayList<>();
        slots.shards().forEach((master, replicas) -> {
            nodes.add(new Node(master, true, isUp.test(master)));
            replicas.forEach(replica -> nodes.add(new Node(replica, false, isUp.test(replica))));
        });
        return new RouterState(isClusterOk, slots.covered(), openBreakers, nodes);
    }

    /** How many masters are known. */
    public long masters() {
        return nodes.stream().filter(Node::isMaster).count();
    }

    /** How many nodes there is a connection to. */
    public long nodesUp() {
        return nodes.stream().filter(Node::isUp).count();
    }
}
