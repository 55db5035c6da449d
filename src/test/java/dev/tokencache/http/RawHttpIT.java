package dev.tokencache.http;

import dev.tokencache.http.oauth.Introspection;
import dev.tokencache.http.oauth.OAuthResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Raw HTTP requests that no HTTP client would send. */
@QuarkusTest
@NullUnmarked
class RawHttpIT {

    private static final String AUTHORIZATION =
            "Authorization: Basic " + Base64.getEncoder().encodeToString("dev:dev".getBytes(StandardCharsets.US_ASCII));
    private static final int TIMEOUT_MILLIS = 20_000;

    @TestHTTPResource("/")
    URL server;

    private Socket connect() throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** The response to one request, after which the server closes the connection. */
    private String exchange(String head, String body) throws IOException {
        try (Socket socket = connect()) {
            send(socket, head.replace("\n", "\r\n") + "Connection: close\r\nHost: x\r\n\r\n" + body);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void assertRefused(String response) {
        assertThat(response)
                .matches("(?s)HTTP/\\d\\.\\d 4.*")
                .doesNotContain("Exception", "\tat ", "<html", "dev.tokencache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/auth", "/v1/tokens", "/oauth2/introspect", "/no-such-path"})
    void shouldNotReadTheBodyOfARefusedRequestAsTheNextRequest(String path) throws IOException {
        String inTheBody = "GET /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: x\r\n\r\n";
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + inTheBody.length() + "\r\n\r\n"
                            + inTheBody + "GET /v1/auth HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

            assertThat(answers).startsWith("HTTP/1.1 4").doesNotContain("HTTP/1.1 200", "HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/tokens/%zz",
                "/v1/tokens/%",
                "/v1/subjects/%zz/tokens",
                "/v1/subjects/%ff/tokens",
                "/v1/subjects/%c0%af/tokens",
                "/v1/subjects/%00/tokens",
                "/v1/auth/%zz",
                "/%",
                "/v1/tokens/a|b",
                "/v1/tokens/\u00ff",
                "/v1/tokens/../../../etc/passwd",
                "//v1//x",
                "*",
                "/v1/tokens/x?%zz=%"
            })
    void shouldRefuseBadPath(String path) throws IOException {
        assertRefused(exchange("GET " + path + " HTTP/1.1\n" + AUTHORIZATION + "\n", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/auth/../../.well-known/oauth-authorization-server",
                "/v1/auth/%2e%2e/%2E%2e/.well-known/oauth-authorization-server",
                "/v1/auth/../nothing",
                "/v1/auth/..",
                "/v1/./auth",
            })
    void shouldNotResolveDotSegmentsAfterForwardAuth(String path) throws IOException {
        assertThat(exchange("GET " + path + " HTTP/1.1\n", ""))
                .startsWith("HTTP/1.1 401")
                .contains("WWW-Authenticate: Bearer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\nContent-Length: 3\n",
                "Content-Length: -1\n",
                "Content-Length: 2x\n",
                "Content-Length: 99999999999999999999\n",
                "Content-Length: 2\nTransfer-Encoding: chunked\n",
                "Content-Length: 2\nContent-Type: text/plain\n",
                "Content-Length: 2\nX: a\u0000b\n",
                "Content-Length: 2\nX\u0001: a\n",
                "Content-Length: 2\n no-name\n",
                "Content-Length: 2\n: no name\n",
                "Content-Length: 2\nContent-Encoding: gzip\n",
            })
    void shouldRefuseBadHeaders(String headers) throws IOException {
        assertRefused(exchange(
                "POST /v1/tokens HTTP/1.1\nContent-Type: application/json\n" + AUTHORIZATION + "\n" + headers, "{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "GET /v1/tokens", "\u0000", "<html>", "G@T / HTTP/1.1"})
    void shouldRefuseBadRequestLine(String line) throws IOException {
        assertRefused(exchange(line + "\n", ""));
    }

    @Test
    void shouldRefuseAnUnknownVersionOfHttp() throws IOException {
        assertThat(exchange("GET /v1/tokens HTTP/9.9\n", "")).startsWith("HTTP/1.1 505 ");
    }

    @Test
    void shouldRefuseGiantHeaderAndRequestLine() throws IOException {
        assertThat(exchange("GET /v1/auth HTTP/1.1\nCookie: " + "x".repeat(20_000) + "\n", ""))
                .startsWith("HTTP/1.1 431");
        assertThat(exchange("GET /v1/auth?" + "x".repeat(9_000) + " HTTP/1.1\n", ""))
                .contains(" 414 ");
    }

    @Test
    void shouldAcceptHeadersAsLongAsWebServersDo() throws IOException {
        assertThat(exchange(
                        "GET /v1/auth HTTP/1.1\nCookie: " + "x".repeat(7_900) + "\nX: " + "y".repeat(7_900) + "\n", ""))
                .startsWith("HTTP/1.1 401");
    }

    @Test
    void shouldNotLetSubjectBreakOutOfHeader() throws IOException {
        String token = Api.createToken(java.util.Map.of("sub", "a\u2028b\u00e9%0d%0aX-Evil: 1"))
                .extract()
                .path("token");
        assertThat(exchange("GET /v1/auth HTTP/1.1\nAuthorization: Bearer " + token + "\n", ""))
                .contains("X-Auth-Subject: a%E2%80%A8b%C3%A9%250d%250aX-Evil%3A%201\r\n");
    }

    @Test
    void shouldRequireAContentType() throws IOException {
        assertThat(exchange("POST /v1/tokens HTTP/1.1\nContent-Length: 2\n" + AUTHORIZATION + "\n", "{}"))
                .startsWith("HTTP/1.1 415")
                .contains("application/problem+json", "Content-Type must be application/json");
    }

    @Test
    void shouldRequireABody() throws IOException {
        for (String length : new String[] {"", "Content-Length: 0\n"}) {
            assertThat(exchange("POST /v1/tokens HTTP/1.1\n" + length + AUTHORIZATION + "\n", ""))
                    .startsWith("HTTP/1.1 400")
                    .contains("body must be");
        }
    }

    /** {@link Introspection} answers a request with a length, {@link OAuthResource} one without. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "token=never-was-a-token",
                "token=",
                "other=1",
                "token=%zz",
                "token=%ff",
                "token=a&token=b",
                "a=b&token=tc1_x"
            })
    void shouldIntrospectAlikeOnTheFastPathAndInTheResource(String form) throws IOException {
        String head = "POST /oauth2/introspect HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n"
                + AUTHORIZATION + "\n";
        String shortWay = exchange(head + "Content-Length: " + form.length() + "\n", form);
        String longWay = exchange(
                head + "Transfer-Encoding: chunked\n",
                Integer.toHexString(form.length()) + "\r\n" + form + "\r\n0\r\n\r\n");
        assertThat(linesOf(shortWay)).isEqualTo(linesOf(longWay)).contains("cache-control: no-store");
    }

    /** Sorts the headers, with lower-case names. */
    private static List<String> linesOf(String response) {
        return response.lines()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
    }

    @Test
    void shouldReadChunkedBody() throws IOException {
        String head = "POST /v1/tokens HTTP/1.1\nTransfer-Encoding: chunked\nContent-Type: application/json\n"
                + AUTHORIZATION + "\n";
        assertThat(exchange(head, "7\r\n{\"sub\":\r\n4\r\n\"a\"}\r\n0\r\n\r\n")).startsWith("HTTP/1.1 201");
        String chunk = "1000\r\n" + " ".repeat(4096) + "\r\n";
        assertThat(exchange(head, chunk.repeat(5) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 413")
                .contains("application/problem+json");
        assertThat(exchange(head.replace("/v1/tokens", "/v1/tokens/validate"), chunk.repeat(17) + "0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void shouldAnswerATooLargeBodyWhileItIsSent() throws IOException {
        try (Socket socket = connect()) {
            String tooLong = "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + AUTHORIZATION
                    + "\r\nContent-Length: 1000000\r\n\r\n";
            send(socket, tooLong + " ".repeat(1_000_000));
            assertLastAnswer(socket, "HTTP/1.1 413");
        }
    }

    /** Asserts that the connection ends after one response, which says so. */
    private static void assertLastAnswer(Socket socket, String statusLine) throws IOException {
        String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answers)
                .startsWith(statusLine)
                .containsIgnoringCase("connection: close\r\n")
                .containsOnlyOnce("HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/auth",
                "/v1/auth/x",
                "/v1/tokens",
                "/oauth2/introspect",
                "/no-such-path",
                "/%zz",
                "/q/health"
            })
    void shouldEndTheConnectionIfAnAnnouncedBodyIsMissing(String path) throws IOException {
        for (String method : List.of("GET", "POST", "PUT")) {
            for (String body : List.of("Content-Length: 77", "Transfer-Encoding: chunked")) {
                try (Socket socket = connect()) {
                    send(socket, method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + body + "\r\n\r\n");
                    assertLastAnswer(socket, "HTTP/1.1 4");
                }
            }
        }
    }

    @Test
    void shouldEndTheConnectionOfAnActiveTokenIfAnAnnouncedBodyIsMissing() throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "GET /v1/auth HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Api.token()
                            + "\r\nContent-Length: 77\r\n\r\n");
            assertLastAnswer(socket, "HTTP/1.1 200");
        }
    }

    @Test
    void shouldRefuseATooLargeBodyBeforeItIsSent() throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + AUTHORIZATION
                            + "\r\nContent-Length: 20000\r\nExpect: 100-continue\r\n\r\n");
            assertThat(readSome(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void shouldRefuseAnUnknownCallerBeforeTheBodyIsSent() throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n");
            assertThat(readSome(socket)).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void shouldSendContinueForAnExpectedBody() throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                            + AUTHORIZATION + "\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
            assertThat(readSome(socket)).startsWith("HTTP/1.1 100");
            send(socket, "{\"sub\":\"a\"}");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 201");
        }
    }

    @Test
    void shouldNotWaitForTheBodyOfForwardAuth() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "POST /v1/auth HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
            assertThat(readSome(socket)).startsWith("HTTP/1.1 401");
        }
    }

    private static String readSome(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[4096];
        int length = in.read(buffer);
        assertThat(length).isPositive();
        return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    }
}
