package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides which connection failures to log. Every event loop has its own connection to a node, and all of them notice the
 * same outage: each reason is logged once per node and outage. Thread-safe.
 */
final class Outages {

    private record Outage(Set<Object> connections, Set<String> reasons) {}

    private final Map<Endpoint, Outage> outages = new HashMap<>();

    /**
     * Records that a connection was lost or could not be established.
     *
     * @return whether to log it: the reason is new in this outage of the node
     */
    synchronized boolean failed(Endpoint node, Object connection, String reason) {
        Outage outage = outages.computeIfAbsent(node, begun -> new Outage(new HashSet<>(), new HashSet<>()));
        outage.connections.add(connection);
        return outage.reasons.add(reason);
    }

    /**
     * Records that a connection is established, or no longer needed.
     *
     * @return whether to log it: this was the last failed connection to the node, so the outage ends
     */
    synchronized boolean recovered(Endpoint node, Object connection) {
        Outage outage = outages.get(node);
        if (outage == null || !outage.connections.remove(connection) || !outage.connections.isEmpty()) {
            return false;
        }
        outages.remove(node);
        return true;
    }
}
