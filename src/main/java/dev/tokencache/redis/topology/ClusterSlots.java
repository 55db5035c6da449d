package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the reply of {@code CLUSTER SLOTS}: per range of slots its first and last slot, the master, then the replicas,
 * each as host, port and (from Redis 4 on) node id and metadata.
 */
final class ClusterSlots {

    private ClusterSlots() {}

    /**
     * The ranges in the reply.
     *
     * @param askedHost the host that answered; it stands in for a host that the node does not know or say
     * @throws IllegalArgumentException if the reply is none of {@code CLUSTER SLOTS}
     */
    static List<SlotRange> parse(Response reply, String askedHost) {
        List<SlotRange> ranges = new ArrayList<>(reply.size());
        try {
            for (Response range : reply) {
                ranges.add(range(range, askedHost));
            }
        } catch (RuntimeException malformed) {
            throw new IllegalArgumentException("not a reply of CLUSTER SLOTS", malformed);
        }
        return ranges;
    }

    private static SlotRange range(Response range, String askedHost) {
        Endpoint master = endpoint(range.get(2), askedHost);
        List<Endpoint> replicas = new ArrayList<>();
        for (int i = 3; i < range.size(); i++) {
            replicas.add(endpoint(range.get(i), askedHost));
        }
        return new SlotRange(range.get(0).toInteger(), range.get(1).toInteger(), master, replicas);
    }

    private static Endpoint endpoint(Response node, String askedHost) {
        Response host = node.get(0);
        return new Endpoint(
                host == null ? askedHost : Endpoint.known(host.toString(), askedHost),
                node.get(1).toInteger());
    }
}
