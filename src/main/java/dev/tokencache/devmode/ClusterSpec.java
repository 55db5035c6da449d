package dev.tokencache.devmode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What cluster is wanted.
 *
 * @param masters how many masters, 1 or more
 * @param replicasPerMaster how many replicas each of them has, 0 or more
 * @param ports one for each node, the masters first; empty for any free ones
 * @param password of every node, for clients and replicas
 * @param nodeTimeout after which an unreachable node is taken for failed ({@code cluster-node-timeout})
 * @param extraLines more lines for every node's {@code redis.conf}
 * @param executable the {@code redis-server} to run; null for the one that {@link RedisExecutable} finds
 * @param tls what the nodes need to speak TLS, and nothing else, on their ports; null for none
 */
public record ClusterSpec(
        int masters,
        int replicasPerMaster,
        List<Integer> ports,
        String password,
        Duration nodeTimeout,
        List<String> extraLines,
        @Nullable Path executable,
        @Nullable ClusterTls tls) {

    /** The highest port whose bus port is one, too. */
    private static final int MAX_PORT = 55_535;

    public ClusterSpec {
        if (masters < 1 || replicasPerMaster < 0) {
            throw new IllegalArgumentException("a cluster has masters, and no negative number of replicas");
        }
        ports = List.copyOf(ports);
        if (!ports.isEmpty() && ports.size() != masters * (1 + replicasPerMaster)) {
            throw new IllegalArgumentException("every node needs a port: " + masters * (1 + replicasPerMaster));
        }
        if (ports.stream().anyMatch(port -> port < 1 || port > MAX_PORT)) {
            throw new IllegalArgumentException("ports must be from 1 to " + MAX_PORT + ": " + ports);
        }
        if (password.isEmpty() || password.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\\' || c > '~')) {
            throw new IllegalArgumentException("the password must be printable ASCII without blank, quote, backslash");
        }
        extraLines = List.copyOf(extraLines);
    }

    /** Three masters with a replica each, on free ports. */
    public static ClusterSpec ofSixNodes(String password) {
        return new ClusterSpec(3, 1, List.of(), password, Duration.ofSeconds(2), List.of(), null, null);
    }

    /** The same with another number of nodes, on free ports. */
    public ClusterSpec withNodes(int masters, int replicasPerMaster) {
        return new ClusterSpec(
                masters, replicasPerMaster, List.of(), password, nodeTimeout, extraLines, executable, tls);
    }

    /** The same on these ports. */
    public ClusterSpec withPorts(List<Integer> ports) {
        return new ClusterSpec(masters, replicasPerMaster, ports, password, nodeTimeout, extraLines, executable, tls);
    }

    /** The same with another {@code cluster-node-timeout}. */
    public ClusterSpec withNodeTimeout(Duration nodeTimeout) {
        return new ClusterSpec(masters, replicasPerMaster, ports, password, nodeTimeout, extraLines, executable, tls);
    }

    /** The same with these lines at the end of every node's {@code redis.conf}. */
    public ClusterSpec withExtraLines(String... extraLines) {
        return new ClusterSpec(
                masters, replicasPerMaster, ports, password, nodeTimeout, List.of(extraLines), executable, tls);
    }

    /** The same with this {@code redis-server}. */
    public ClusterSpec withExecutable(Path executable) {
        return new ClusterSpec(masters, replicasPerMaster, ports, password, nodeTimeout, extraLines, executable, tls);
    }

    /** The same with TLS on every port, and no other way in. */
    public ClusterSpec withTls(ClusterTls tls) {
        return new ClusterSpec(masters, replicasPerMaster, ports, password, nodeTimeout, extraLines, executable, tls);
    }

    /** How the nodes are spoken to. */
    NodeAccess access() {
        return new NodeAccess(password, tls == null ? null : tls.authority().toAbsolutePath());
    }

    /** The {@code redis.conf} of every node, in words that Redis 3.2 knows. */
    List<String> configuration() {
        List<String> lines = new ArrayList<>(List.of(
                "bind 127.0.0.1",
                "protected-mode no",
                "daemonize no",
                "requirepass \"" + password + "\"",
                "masterauth \"" + password + "\"",
                "cluster-enabled yes",
                "cluster-node-timeout " + nodeTimeout.toMillis(),
                "cluster-require-full-coverage no",
                // A replica starts its copy at once, not after the five seconds in which others could join it.
                "repl-diskless-sync-delay 0",
                "save \"\"",
                "appendonly no"));
        if (tls != null) {
            lines.addAll(List.of(tls.configuration()));
        }
        lines.addAll(extraLines);
        return List.copyOf(lines);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ClusterSpec[masters=" + masters + ", replicasPerMaster=" + replicasPerMaster + ", ports=" + ports + "]";
    }
}
