package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The endpoints that clients should use, by node id, from {@code CLUSTER SLOTS}. From Redis 7 on they can be host names
 * ({@code cluster-preferred-endpoint-type}). {@code CLUSTER NODES} supplies what is missing: Redis 3.2 sends no ids, and a node
 * without a host name is announced as {@code ?}. Pure.
 */
final class AnnouncedEndpoints {

    private record Announced(String host, int port) {}

    private final String queriedHost;
    private final Map<String, Announced> byId = new HashMap<>();

    /** @param queriedHost the host of the node that replied */
    AnnouncedEndpoints(Response slots, String queriedHost) {
        this.queriedHost = queriedHost;
        for (Response range : slots) {
            try {
                for (int i = 2; i < range.size(); i++) {
                    add(range.get(i));
                }
            } catch (RuntimeException unreadable) {
                // The nodes of this entry are found by their addresses in CLUSTER NODES.
            }
        }
    }

    private void add(Response node) {
        if (node.size() > 2) {
            // A null host means: the host that was queried, with this port.
            Response host = node.get(0);
            byId.put(
                    node.get(2).toString(),
                    new Announced(
                            host == null ? queriedHost : host.toString(),
                            node.get(1).toInteger()));
        }
    }

    Optional<Endpoint> of(ClusterNode node) {
        Announced announced = byId.getOrDefault(node.id(), new Announced("", node.port()));
        String host = announced.host();
        if (host.isEmpty() || host.equals("?")) {
            // A node that has not met another one does not know its own address.
            host = node.host().isEmpty() && node.isMyself() ? queriedHost : node.host();
        }
        int port = announced.port() > 0 ? announced.port() : node.port();
        return host.isEmpty() || port < 1 || port > 65535 ? Optional.empty() : Optional.of(new Endpoint(host, port));
    }
}
