package dev.tokencache.devmode;

import java.nio.file.Path;

/**
 * What the nodes of a cluster need to speak TLS on every port, among each other too. One certificate is enough for all:
 * they all are 127.0.0.1. Redis knows TLS since version 6.
 *
 * @param certificate the nodes' certificate (PEM)
 * @param key its private key (PEM)
 * @param authority the certificate of whoever signed it, which nodes and clients trust (PEM)
 */
public record ClusterTls(Path certificate, Path key, Path authority) {

    /** Its part of {@code redis.conf}; the ports are told to each node when it starts. */
    String[] configuration() {
        return new String[] {
            "tls-cert-file " + certificate.toAbsolutePath(),
            "tls-key-file " + key.toAbsolutePath(),
            "tls-ca-cert-file " + authority.toAbsolutePath(),
            // Clients say who they are by a password, not by a certificate.
            "tls-auth-clients no",
            "tls-cluster yes",
            "tls-replication yes"
        };
    }
}
