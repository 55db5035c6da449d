package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.LogLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Logs the outages of nodes in few lines. Every event loop has its own connection to a node, and all of them notice the same
 * outage: each reason is logged once per node and outage. A node whose link flaps gets at most {@value #MAX_LINES} lines per
 * minute, and one that says how many were left out. Thread-safe.
 */
final class Outages {

    static final int MAX_LINES = 5;

    /** How long a refusal of the same reason is not logged again. */
    static final Duration REFUSAL_PAUSE = Duration.ofMinutes(10);

    private static final Logger LOG = Logger.getLogger(Outages.class);
    private static final int MAX_REFUSALS = 100;

    private static final class Node {
        private final LogLimit limit;
        private final Set<Object> failed = new HashSet<>();
        private final Set<Object> slow = new HashSet<>();
        private final Set<String> reasons = new HashSet<>();
        private String lastReason = "";

        private Node(long nowNanos) {
            this.limit = new LogLimit(MAX_LINES, nowNanos);
        }

        /** Removes a connection. Returns whether the outage ends with it. */
        private boolean ends(Object connection) {
            slow.remove(connection);
            boolean isLast = failed.remove(connection) && failed.isEmpty();
            if (isLast) {
                reasons.clear();
            }
            return isLast;
        }
    }

    private final LogLabels labels;
    private final BiConsumer<Logger.Level, String> log;
    private final Map<Endpoint, Node> nodes = new HashMap<>();
    private final Map<String, Long> refusals = new HashMap<>();

    Outages(LogLabels labels) {
        this(labels, LOG::log);
    }

    Outages(LogLabels labels, BiConsumer<Logger.Level, String> log) {
        this.labels = labels;
        this.log = log;
    }

    /** Records that a connection was lost or could not be established; the reason has no address and no secret. */
    synchronized void failed(Endpoint endpoint, Object connection, String reason, long nowNanos) {
        Node node = node(endpoint, nowNanos);
        node.failed.add(connection);
        node.lastReason = reason;
        if (node.reasons.add(reason) && node.limit.admits(nowNanos)) {
            logState(node);
        }
    }

    /** Records that a connection is established. The last one ends the outage of its node. */
    synchronized void recovered(Endpoint endpoint, Object connection, long nowNanos) {
        Node node = nodes.get(endpoint);
        if (node != null && node.ends(connection) && node.limit.admits(nowNanos)) {
            logState(node);
        }
    }

    /** Records that a connection is no longer needed: its node may still be down, but that no longer matters. */
    synchronized void closed(Endpoint endpoint, Object connection) {
        Node node = nodes.get(endpoint);
        if (node != null && node.ends(connection)) {
            node.limit.suffix();
        }
    }

    private Node node(Endpoint endpoint, long nowNanos) {
        return nodes.computeIfAbsent(endpoint, added -> new Node(nowNanos));
    }

    private void logState(Node node) {
        String suffix = node.limit.suffix();
        if (node.failed.isEmpty()) {
            log.accept(Logger.Level.INFO, labels.reachable() + suffix);
        } else {
            log.accept(Logger.Level.WARN, labels.unreachable() + "; reason=" + node.lastReason + suffix);
        }
    }

    /** Records whether the replies on a connection usually take longer than the command timeout. */
    synchronized void slow(Endpoint endpoint, Object connection, boolean isSlow, long nowNanos) {
        Node present = nodes.get(endpoint);
        if (!isSlow) {
            if (present != null) {
                present.slow.remove(connection);
            }
            return;
        }
        Node node = node(endpoint, nowNanos);
        boolean isFirst = node.slow.isEmpty();
        if (node.slow.add(connection) && isFirst && node.limit.admits(nowNanos)) {
            log.accept(
                    Logger.Level.WARN,
                    labels.node() + " slow: its replies take longer than the configured command-timeout."
                            + " Commands wait longer, within the timeout of their call" + node.limit.suffix());
        }
    }

    /** Records that nodes refuse commands; the reason has no address and no secret. */
    synchronized void refused(String reason, long nowNanos) {
        Long logged = refusals.get(reason);
        boolean isNew = logged == null ? refusals.size() < MAX_REFUSALS : nowNanos - logged >= REFUSAL_PAUSE.toNanos();
        if (isNew) {
            refusals.put(reason, nowNanos);
            log.accept(Logger.Level.WARN, labels.node() + " refuses commands; reason=" + reason);
        }
    }

    /** Logs the present state of the nodes about which lines were left out, and forgets nodes in order. Called regularly. */
    synchronized void tick(long nowNanos) {
        if (nodes.isEmpty()) {
            return;
        }
        for (Node node : nodes.values()) {
            if (node.limit.isSummaryDue(nowNanos) && node.limit.admits(nowNanos)) {
                logState(node);
            }
        }
        nodes.values().removeIf(node -> node.failed.isEmpty() && node.slow.isEmpty() && node.limit.isIdle(nowNanos));
    }
}
