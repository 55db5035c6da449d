package dev.tokencache.devmode;

import java.nio.file.Path;

/**
 * The TLS files of a cluster, used on every port, including between nodes. All nodes share one certificate, since all
 * are at 127.0.0.1. Requires Redis 6 or later.
 *
 * @param authority the certificate of its issuer, which nodes and clients trust (PEM)
 */
public record ClusterTls(Path certificate, Path key, Path authority) {

    /** The lines for {@code redis.conf}. The ports are command-line arguments of each node. */
    String[] configuration() {
        return new String[] {
            "tls-cert-file " + certificate.toAbsolutePath(),
            "tls-key-file " + key.toAbsolutePath(),
            "tls-ca-cert-file " + authority.toAbsolutePath(),
            // Clients authenticate with a password, not with a certificate.
            "tls-auth-clients no",
            "tls-cluster yes",
            "tls-replication yes"
        };
    }
}
