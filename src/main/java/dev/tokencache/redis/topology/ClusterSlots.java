package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses the reply of {@code CLUSTER SLOTS}: per slot range the first and last slot, the master and the replicas, each node
 * as host, port and (since Redis 4) node id and metadata.
 */
final class ClusterSlots {

    private ClusterSlots() {}

    /**
     * Parses the reply.
     *
     * @param queriedHost the host of the node that replied; replaces a host that the node does not announce
     * @throws IllegalArgumentException if the reply is malformed
     */
    static List<SlotRange> parse(Response reply, String queriedHost) {
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
}
