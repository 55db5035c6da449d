package dev.tokencache.devmode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How clients connect to the nodes of a cluster.
 *
 * @param password the password of every node
 * @param authority the certificate of the issuer of the nodes' certificate (PEM); null without TLS
 */
record NodeAccess(String password, @Nullable Path authority) {

    boolean isTls() {
        return authority != null;
    }

    /** Opens an authenticated connection to the node at a port. */
    RespClient connect(int port) {
        return RespClient.connect(port, password, authority == null ? null : trusting(authority));
    }

    /** The command-line arguments of a node's {@code redis-server}. */
    String[] portArguments(int port) {
        String text = Integer.toString(port);
        return isTls() ? new String[] {"--port", "0", "--tls-port", text} : new String[] {"--port", text};
    }

    /** The address of a node, in the syntax of {@code quarkus.redis.hosts}. */
    String uri(int port) {
        return (isTls() ? "rediss" : "redis") + "://127.0.0.1:" + port;
    }

    private static SSLSocketFactory trusting(Path authority) {
        try (InputStream pem = Files.newInputStream(authority)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot trust " + authority, e);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "NodeAccess[" + (isTls() ? "TLS" : "plain") + "]";
    }
}
