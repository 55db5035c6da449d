package dev.tokencache.http.connection;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A server that accepts HTTP/2 without TLS, as with {@code tokencache.http.h2c}, so the protocol is known after its first bytes. */
class HttpTransportTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static HttpServer server;

    @BeforeAll
    static void start() {
        server = VERTX.createHttpServer()
                .requestHandler(request -> request.response().end("hello"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static RawConnection.Answer onlyAnswer(String headers) throws IOException {
        try (RawConnection connection = new RawConnection(new URL("http://127.0.0.1:" + server.actualPort()))) {
            connection.send(
                    ("GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(connection.readToEnd(4_000)).as("ends").isTrue();
            assertThat(connection.answers(false)).hasSize(1);
            return connection.answers(false).get(0);
        }
    }

    /** Vert.x would not answer the first and the second. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close",
                "Connection: close, Upgrade",
                "Connection: close, Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"
            })
    void shouldIgnoreAnUpgrade(String headers) throws IOException {
        assertThat(onlyAnswer("Upgrade: h2c\r\n" + headers).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: y", "Transfer-Encoding: x", "X: a\r\n b"})
    void shouldGuardTheFirstRequest(String headers) throws IOException {
        assertThat(onlyAnswer(headers).status()).isEqualTo(400);
    }
}
