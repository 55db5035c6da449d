package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * The cluster as one of its nodes sees it.
 *
 * @param isOk whether the node reports {@code cluster_state:ok}
 * @param epoch its {@code cluster_current_epoch}; a node with a stale view reports an older one
 * @param ranges the slot ranges and their nodes
 */
public record ClusterView(boolean isOk, long epoch, List<SlotRange> ranges) {

    /**
     * Parses the replies of {@code CLUSTER INFO} and {@code CLUSTER SLOTS}.
     *
     * @param queriedHost the host of the node that replied; replaces a host that the node does not announce
     * @throws IllegalArgumentException if a reply is malformed
     */
    static ClusterView parse(Response info, Response slots, String queriedHost) {
        boolean isOk = false;
        long epoch = 0;
        for (String line : info.toString().lines().toList()) {
            if (line.equals("cluster_state:ok")) {
                isOk = true;
            } else if (line.startsWith("cluster_current_epoch:")) {
                epoch = Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
            }
        }
        return new ClusterView(isOk, epoch, ranges(slots, queriedHost));
    }

    /** Each range holds its first and last slot, the master and the replicas; each node its host and port, and more. */
    private static List<SlotRange> ranges(Response reply, String queriedHost) {
        List<SlotRange> ranges = new ArrayList<>(reply.size());
        try {
            for (Response range : reply) {
                ranges.add(range(range, queriedHost));
            }
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException("malformed reply of CLUSTER SLOTS", malformed);
        }
        return ranges;
    }

    private static SlotRange range(Response range, String queriedHost) {
        Endpoint master = endpoint(range.get(2), queriedHost);
        List<Endpoint> replicas = new ArrayList<>();
        for (int i = 3; i < range.size(); i++) {
            replicas.add(endpoint(range.get(i), queriedHost));
        }
        return new SlotRange(range.get(0).toInteger(), range.get(1).toInteger(), master, replicas);
    }

    private static Endpoint endpoint(Response node, String queriedHost) {
        Response host = node.get(0);
        return new Endpoint(
                host == null ? queriedHost : Endpoint.announced(host.toString(), queriedHost),
                node.get(1).toInteger());
    }

    /** This view with all announced addresses translated to reachable ones. */
    public ClusterView mapped(AddressMap addresses) {
        return new ClusterView(
                isOk,
                epoch,
                ranges.stream().map(range -> range.mapped(addresses)).toList());
    }

    /** Whether to prefer this view to another one queried at the same time: a newer epoch, then more covered slots. */
    boolean isNewerThan(ClusterView other) {
        if (epoch != other.epoch) {
            return epoch > other.epoch;
        }
        return covered() > other.covered();
    }

    private int covered() {
        return ranges.stream()
                .mapToInt(range -> range.last() - range.first() + 1)
                .sum();
    }
}
