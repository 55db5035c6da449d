package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** How clients connect to the nodes; {@code authority} is the issuer of their certificate (PEM), null without TLS. */
record NodeAccess(String password, @Nullable Path authority) {

    private static final int TIMEOUT_MILLIS = 15_000;

    boolean isTls() {
        return authority != null;
    }

    /** Connects to the node at a port, over TLS if it needs that; each reply may take at most fifteen seconds. */
    Socket open(int port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            return authority == null ? socket : trusting(authority).createSocket(socket, "127.0.0.1", port, true);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
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

    private static SSLSocketFactory trusting(Path authority) throws IOException {
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
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot trust " + authority, e);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "NodeAccess[" + (isTls() ? "TLS" : "plain") + "]";
    }
}
