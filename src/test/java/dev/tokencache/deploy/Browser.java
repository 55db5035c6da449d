package dev.tokencache.deploy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** An HTTP client that retries while the web server answers 503, except {@link #once}. Follows no redirects. */
final class Browser {

    /** The header that marks a request as one of a browser, as opposed to a program. */
    static final String[] FOR_A_PAGE = {"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"};

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final int port;
    private final boolean sendsOnce;

    Browser(int port) {
        this(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), port, false);
    }

    private Browser(HttpClient client, int port, boolean sendsOnce) {
        this.client = client;
        this.port = port;
        this.sendsOnce = sendsOnce;
    }

    /** Returns a client that sends each request once and accepts 503. */
    Browser once() {
        return new Browser(client, port, true);
    }

    /** Repeats a call until the token's state is known: on a busy machine it may be unknown for a while. */
    static <T> T known(Callable<T> call, Predicate<T> isKnown) {
        return Awaitility.await("an answer other than unknown")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(call, isKnown);
    }

    /** A 503 of the application does not mean unknown. */
    private static boolean isKnown(HttpResponse<?> answer) {
        return answer.statusCode() != 503
                || answer.headers().firstValue(Application.MARKER).isPresent();
    }

    static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }

    static String[] cookie(String token) {
        return new String[] {"Cookie", "theme=dark; sso_token=" + token + "; lang=en"};
    }

    HttpResponse<String> get(String target, String[]... headers) {
        return send("GET", target, BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> options(String target, String[]... headers) {
        return send("OPTIONS", target, BodyPublishers.noBody(), headers);
    }

    /** Sends a body with a Content-Length. */
    HttpResponse<String> post(String target, byte[] body, String[]... headers) {
        return send("POST", target, BodyPublishers.ofByteArray(body), headers);
    }

    /** Sends a body in chunks. */
    HttpResponse<String> postChunked(String target, byte[] body, String[]... headers) {
        return send("POST", target, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), headers);
    }

    private HttpResponse<String> send(String method, String target, BodyPublisher body, String[]... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .timeout(PATIENCE)
                .method(method, body);
        for (String[] header : headers) {
            builder.header(header[0], header[1]);
        }
        HttpRequest request = builder.build();
        return sendsOnce ? exchange(request) : known(() -> exchange(request), Browser::isKnown);
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
