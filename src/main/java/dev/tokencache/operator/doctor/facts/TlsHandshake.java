package dev.tokencache.operator.doctor.facts;

import dev.tokencache.redis.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Reads the certificate of a server, trusted or not. Sends no data, and blocks. */
final class TlsHandshake {

    private TlsHandshake() {}

    /** The certificate, even if the server ends the handshake because it requires one of its client. */
    static Optional<X509Certificate> certificate(Endpoint server, Duration timeout) {
        AtomicReference<@Nullable X509Certificate> presented = new AtomicReference<>();
        int millis = (int) timeout.toMillis();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server.host(), server.port()), millis);
            socket.setSoTimeout(millis);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Recorder(presented)}, null);
            try (SSLSocket tls =
                    (SSLSocket) context.getSocketFactory().createSocket(socket, server.host(), server.port(), true)) {
                tls.startHandshake();
            }
        } catch (IOException | GeneralSecurityException noHandshake) {
            // The certificate arrives before most failures.
        }
        return Optional.ofNullable(presented.get());
    }

    /** The DNS names and addresses that the certificate is valid for. */
    static List<String> names(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream().map(name -> String.valueOf(name.get(1))).toList();
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    private record Recorder(AtomicReference<@Nullable X509Certificate> presented) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            presented.set(chain[0]);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
