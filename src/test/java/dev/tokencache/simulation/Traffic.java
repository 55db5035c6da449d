package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What one process of a service has opened and sent, for {@link Bounds}. */
final class Traffic {

    private final Map<String, Integer> connections = new TreeMap<>();
    private final Map<String, Integer> attempts = new TreeMap<>();
    private int unanswered;
    private long requests;

    void opened(Endpoint node) {
        connections.merge(node.toString(), 1, Integer::sum);
        attempts.merge(node.toString(), 1, Integer::sum);
    }

    /** @param unansweredThere the requests on the connection that will have no reply */
    void closed(Endpoint node, int unansweredThere) {
        connections.merge(node.toString(), -1, Integer::sum);
        unanswered -= unansweredThere;
    }

    void sent(String command) {
        unanswered++;
        if (isOfCall(command)) {
            requests++;
        }
    }

    void answered() {
        unanswered--;
    }

    /** Whether a command is sent for a call, and not to look after connections and the slot map. */
    private static boolean isOfCall(String command) {
        return switch (command.toUpperCase(Locale.ROOT)) {
            case "EVAL", "EVALSHA", "GET", "HMGET", "HSCAN" -> true;
            default -> false;
        };
    }

    /** The connections to each node at present, and attempts at them. */
    Map<String, Integer> connections() {
        return connections;
    }

    /** The attempts to connect to each node since the last call of this. */
    Map<String, Integer> takeAttempts() {
        Map<String, Integer> taken = new TreeMap<>(attempts);
        attempts.clear();
        return taken;
    }

    /** How many requests have no reply yet. */
    int unanswered() {
        return unanswered;
    }

    /** How many commands were sent for calls since the last call of this. */
    long takeRequests() {
        long taken = requests;
        requests = 0;
        return taken;
    }
}
