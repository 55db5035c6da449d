package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which nodes are away, over all connections to them: every event loop has its own, and each would tell of the same
 * outage. A reason is news once per outage and node; one that is found later (the password is wrong, after the connection
 * was closed) is news again. Thread-safe.
 */
final class Outages {

    private record Outage(Set<Object> connections, Set<String> reasons) {}

    private final Map<Endpoint, Outage> outages = new HashMap<>();

    /**
     * Takes note that a connection is lost or could not be made.
     *
     * @return whether that is to be told
     */
    synchronized boolean away(Endpoint node, Object connection, String reason) {
        Outage outage = outages.computeIfAbsent(node, begun -> new Outage(new HashSet<>(), new HashSet<>()));
        outage.connections.add(connection);
        return outage.reasons.add(reason);
    }

    /**
     * Takes note that a connection is there, or is not wanted any more.
     *
     * @return whether the outage ends with it, and that is to be told
     */
    synchronized boolean back(Endpoint node, Object connection) {
        Outage outage = outages.get(node);
        if (outage == null || !outage.connections.remove(connection) || !outage.connections.isEmpty()) {
            return false;
        }
        outages.remove(node);
        return true;
    }
}
