package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The cluster as one of its nodes sees it.
 *
 * @param queried the address at which the node replied
 * @param reporter the id of the node that replied
 * @param epoch its {@code cluster_current_epoch}; a node with a stale view reports an older one
 * @param members the ids of all nodes that it knows, itself included
 * @param ranges the slot ranges and their nodes; an entry that cannot be read is left out
 */
public record ClusterView(
        Endpoint queried,
        String reporter,
        boolean isOk,
        long epoch,
        Set<String> members,
        Set<Endpoint> endpoints,
        List<SlotRange> ranges) {

    /**
     * Parses the replies of {@code CLUSTER INFO}, {@code CLUSTER NODES} and {@code CLUSTER SLOTS}. The slots are from {@code
     * CLUSTER NODES}, because only it also has the ids and config epochs; the endpoints are from {@code CLUSTER SLOTS}.
     *
     * @param queried the address at which the node replied; its host replaces one that the node does not announce
     * @throws IllegalArgumentException if the reply does not name the node itself
     */
    static ClusterView parse(Response info, Response nodes, Response slots, Endpoint queried, AddressMap addresses) {
        boolean isOk = false;
        long epoch = 0;
        for (String line : info.toString().lines().toList()) {
            if (line.equals("cluster_state:ok")) {
                isOk = true;
            } else if (line.startsWith("cluster_current_epoch:")) {
                epoch = Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
            }
        }
        List<ClusterNode> known = ClusterNode.parse(nodes.toString());
        AnnouncedEndpoints announced = new AnnouncedEndpoints(slots, queried.host());
        return new ClusterView(
                queried,
                known.stream()
                        .filter(ClusterNode::isMyself)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("CLUSTER NODES does not name the node itself"))
                        .id(),
                isOk,
                epoch,
                known.stream()
                        .filter(ClusterNode::isIntroduced)
                        .map(ClusterNode::id)
                        .collect(Collectors.toUnmodifiableSet()),
                endpoints(known, announced, addresses),
                ranges(known, announced, addresses));
    }

    private static Set<Endpoint> endpoints(
            List<ClusterNode> nodes, AnnouncedEndpoints announced, AddressMap addresses) {
        return nodes.stream()
                .map(announced::of)
                .flatMap(Optional::stream)
                .map(addresses::reachable)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<SlotRange> ranges(List<ClusterNode> nodes, AnnouncedEndpoints announced, AddressMap addresses) {
        List<SlotRange> ranges = new ArrayList<>();
        for (ClusterNode node : nodes) {
            Optional<Endpoint> master = announced.of(node);
            if (node.isMaster() && master.isPresent()) {
                List<Endpoint> replicas = replicas(node, nodes, announced);
                for (int[] slots : node.slots()) {
                    if (0 <= slots[0] && slots[0] <= slots[1] && slots[1] < HashSlot.COUNT) {
                        ranges.add(new SlotRange(slots[0], slots[1], node.id(), node.epoch(), master.get(), replicas)
                                .mapped(addresses));
                    }
                }
            }
        }
        ranges.sort(Comparator.comparingInt(SlotRange::first));
        return ranges;
    }

    /** In the order of their addresses, so that the views of two nodes can be compared. */
    private static List<Endpoint> replicas(ClusterNode master, List<ClusterNode> nodes, AnnouncedEndpoints announced) {
        return nodes.stream()
                .filter(node -> node.isLiveReplicaOf(master.id()))
                .map(announced::of)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Endpoint::toString))
                .toList();
    }

    /** Whether both nodes know each other, so that they belong to the same cluster. */
    boolean isOfSameClusterAs(ClusterView other) {
        return members.contains(other.reporter) && other.members.contains(reporter);
    }
}
