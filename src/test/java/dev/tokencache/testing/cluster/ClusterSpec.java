package dev.tokencache.testing.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The specification of a cluster.
 *
 * @param ports one for each node, masters first; empty for any free ports
 * @param executable the {@code redis-server} to run; null for the default
 * @param authority the issuer of the nodes' certificate (PEM), if they accept only TLS; null for plain text
 */
public record ClusterSpec(
        int masters,
        int replicasPerMaster,
        List<Integer> ports,
        String password,
        List<String> extraLines,
        @Nullable Path executable,
        @Nullable Path authority) {

    /** The highest port whose bus port is a valid port. */
    private static final int MAX_PORT = 55_535;

    public ClusterSpec {
        if (masters < 1 || replicasPerMaster < 0) {
            throw new IllegalArgumentException("masters must be at least 1, replicasPerMaster at least 0");
        }
        ports = List.copyOf(ports);
        if (!ports.isEmpty() && ports.size() != masters * (1 + replicasPerMaster)) {
            throw new IllegalArgumentException(
                    "ports must name one port for each node: " + masters * (1 + replicasPerMaster));
        }
        if (ports.stream().anyMatch(port -> port < 1 || port > MAX_PORT)) {
            throw new IllegalArgumentException("ports must be from 1 to " + MAX_PORT + ": " + ports);
        }
        if (password.isEmpty() || password.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\\' || c > '~')) {
            throw new IllegalArgumentException(
                    "the password must be printable ASCII without blanks, quotes and backslashes");
        }
        extraLines = List.copyOf(extraLines);
    }

    /** Three masters with a replica each, on free ports. */
    public static ClusterSpec ofSixNodes(String password) {
        return new ClusterSpec(3, 1, List.of(), password, List.of(), null, null);
    }

    public ClusterSpec withNodes(int masters, int replicasPerMaster) {
        return new ClusterSpec(masters, replicasPerMaster, List.of(), password, extraLines, executable, authority);
    }

    public ClusterSpec withPorts(List<Integer> ports) {
        return new ClusterSpec(masters, replicasPerMaster, ports, password, extraLines, executable, authority);
    }

    public ClusterSpec withNodeTimeout(Duration nodeTimeout) {
        return withExtraLines("cluster-node-timeout " + nodeTimeout.toMillis());
    }

    /** With further lines of {@code redis.conf}, which override earlier ones. */
    public ClusterSpec withExtraLines(String... lines) {
        List<String> all = Stream.concat(extraLines.stream(), Stream.of(lines)).toList();
        return new ClusterSpec(masters, replicasPerMaster, ports, password, all, executable, authority);
    }

    public ClusterSpec withExecutable(Path executable) {
        return new ClusterSpec(masters, replicasPerMaster, ports, password, extraLines, executable, authority);
    }

    /**
     * With TLS (PEM files) on every port, also between nodes, from Redis 6 on. All nodes share the certificate of 127.0.0.1;
     * nodes and clients trust {@code authority}, its issuer. Clients authenticate with a password, not with a certificate.
     */
    public ClusterSpec withTls(Path certificate, Path key, Path authority) {
        return new ClusterSpec(
                        masters, replicasPerMaster, ports, password, extraLines, executable, authority.toAbsolutePath())
                .withExtraLines(
                        "tls-cert-file " + certificate.toAbsolutePath(),
                        "tls-key-file " + key.toAbsolutePath(),
                        "tls-ca-cert-file " + authority.toAbsolutePath(),
                        "tls-auth-clients no",
                        "tls-cluster yes",
                        "tls-replication yes");
    }

    NodeAccess access() {
        return new NodeAccess(password, authority);
    }

    /** The {@code redis.conf} of every node, with options of Redis 3.2. */
    List<String> configuration() {
        List<String> lines = new ArrayList<>(List.of(
                "bind 127.0.0.1",
                "protected-mode no",
                "daemonize no",
                "requirepass \"" + password + "\"",
                "masterauth \"" + password + "\"",
                "cluster-enabled yes",
                "cluster-node-timeout 2000",
                "cluster-require-full-coverage no",
                // Starts the synchronization of a replica immediately, not after waiting five seconds for others.
                "repl-diskless-sync-delay 0",
                "save \"\"",
                "appendonly no"));
        lines.addAll(extraLines);
        return List.copyOf(lines);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ClusterSpec[masters=" + masters + ", replicasPerMaster=" + replicasPerMaster + ", ports=" + ports + "]";
    }
}
