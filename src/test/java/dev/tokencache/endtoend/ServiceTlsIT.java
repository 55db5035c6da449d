package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The API over TLS, with PEM files or a key store. */
class ServiceTlsIT {

    @TempDir
    Path folder;

    @Test
    void shouldServeTlsWithPemFiles() {
        TestCertificate certificate = TestCertificate.create(folder);
        assertServesTls(Map.of(
                "quarkus.tls.api.key-store.pem.0.cert",
                certificate.certificate().toString(),
                "quarkus.tls.api.key-store.pem.0.key",
                certificate.key().toString()));
    }

    @Test
    void shouldServeTlsWithAKeyStore() {
        assertServesTls(Map.of(
                "quarkus.tls.api.key-store.p12.path",
                TestCertificate.keyStore(folder).toString(),
                "quarkus.tls.api.key-store.p12.password",
                TestCertificate.PASSWORD));
    }

    private static void assertServesTls(Map<String, String> keyStore) {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.putAll(keyStore);
        settings.put("quarkus.http.tls-configuration-name", "api");
        settings.put("quarkus.http.ssl-port", "0");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            String token = ServiceApi.of(service).tokenFor("alice");

            String subject = RestAssured.given()
                    .relaxedHTTPSValidation()
                    .header("Authorization", "Bearer " + token)
                    .get(service.tlsUri().resolve("/v1/auth"))
                    .then()
                    .statusCode(200)
                    .extract()
                    .header("X-Auth-Subject");

            assertThat(subject).isEqualTo("alice");
            assertGuarded(service.tlsUri());
        }
    }

    /** Over TLS the service chooses the protocol after the handshake, and must guard either. */
    private static void assertGuarded(URI server) {
        assertThat(lastAnswer(server, "GET /v1/auth HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(lastAnswer(server, "GET /v1/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n"))
                .startsWith("HTTP/1.1 401")
                .containsOnlyOnce("HTTP/1.1");
        HttpClient http2 = HttpClient.newBuilder().sslContext(trusting()).build();
        assertThat(statusWithHeader(http2, server, 12 * 1024)).isEqualTo(401);
        assertThat(statusWithHeader(http2, server, 100 * 1024)).isEqualTo(431);
    }

    /** What the service sends until it closes the connection. */
    private static String lastAnswer(URI server, String request) {
        try (Socket socket = trusting().getSocketFactory().createSocket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(4_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int statusWithHeader(HttpClient client, URI server, int length) {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/auth"))
                .header("x", "y".repeat(length))
                .build();
        HttpResponse<Void> response = client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .join();
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        return response.statusCode();
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
