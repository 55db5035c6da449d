package dev.tokencache.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** Creates and validates tokens by every route, at a fixed rate, and sends some requests over new TLS connections. */
final class SteadyRequests implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final URI api;
    private final URI tls;
    private final List<String> tokens;
    private volatile String authorization;
    private int sent;

    SteadyRequests(URI api, URI tls, List<String> tokens, String caller, String secret) {
        this.api = api;
        this.tls = tls;
        this.tokens = tokens;
        this.authorization = basic(caller, secret);
        clock.scheduleAtFixedRate(this::send, 0, 10, TimeUnit.MILLISECONDS);
        clock.scheduleWithFixedDelay(this::sendOverTls, 0, 100, TimeUnit.MILLISECONDS);
    }

    private static String basic(String caller, String secret) {
        return "Basic " + Base64.getEncoder().encodeToString((caller + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /** Uses another secret from the next request on. */
    void use(String caller, String secret) {
        authorization = basic(caller, secret);
    }

    private void send() {
        String token = tokens.get(sent % tokens.size());
        String json = "{\"token\":\"" + token + "\"}";
        switch (sent++ % 4) {
            case 0 -> post("/v1/tokens/validate", JSON, json, "\"active\":true");
            case 1 -> post("/oauth2/introspect", FORM, "token=" + encode(token), "\"active\":true");
            case 2 -> post("/v1/tokens", JSON, "{\"sub\":\"steady-" + sent + "\"}", "\"token\"");
            default ->
                send(
                        request("/v1/auth")
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        "");
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void post(String path, String type, String body, String expected) {
        send(
                request(path)
                        .header("Authorization", authorization)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                expected);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(api.resolve(path)).timeout(LIMIT);
    }

    private void send(HttpRequest request, String expected) {
        inFlight.incrementAndGet();
        http.sendAsync(request, BodyHandlers.ofString()).whenComplete((response, failure) -> {
            if (failure != null) {
                failures.add(request.uri().getPath() + " " + failure);
            } else if (response.statusCode() / 100 != 2 || !response.body().contains(expected)) {
                failures.add(request.uri().getPath() + " " + response.statusCode() + " " + response.body());
            } else {
                served.incrementAndGet();
            }
            inFlight.decrementAndGet();
        });
    }

    private void sendOverTls() {
        try {
            String answer = certificateAndAnswer()[1];
            if (!answer.startsWith("HTTP/1.1 200")) {
                failures.add("TLS " + answer);
            }
        } catch (RuntimeException failure) {
            failures.add("TLS " + failure);
        }
    }

    /** The serial number of the certificate that a new connection gets. */
    String certificate() {
        return certificateAndAnswer()[0];
    }

    private String[] certificateAndAnswer() {
        try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket(tls.getHost(), tls.getPort())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.startHandshake();
            X509Certificate certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            socket.getOutputStream()
                    .write(("GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                                    + tokens.get(0) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String[] {
                certificate.getSerialNumber().toString(),
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Waits until this many more requests were served, or one failed. */
    void awaitServed(int more) {
        int enough = served.get() + more;
        Awaitility.await("requests").atMost(LIMIT).until(() -> served.get() >= enough || !failures.isEmpty());
    }

    /** Stops, and fails if any request has failed. */
    @Override
    public void close() {
        clock.shutdown();
        Awaitility.await("all answers").atMost(LIMIT).until(() -> inFlight.get() == 0);
        assertThat(failures).isEmpty();
        assertThat(served).hasValueGreaterThan(20);
    }
}
