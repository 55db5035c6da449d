package dev.tokencache.http.connection;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests over one HTTP/2 connection. */
class StreamGuardTest {

    private static final int MAX_HEADER_SIZE = 16 * 1024;

    private static final Vertx VERTX = Vertx.vertx();
    private static final AtomicInteger CONNECTIONS = new AtomicInteger();
    private static HttpServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() throws Exception {
        StreamGuard guard = new StreamGuard(MAX_HEADER_SIZE, Duration.ofMillis(300));
        Router router = Router.router(VERTX);
        router.route()
                .failureHandler(context ->
                        context.response().setStatusCode(context.statusCode()).end());
        router.route().handler(context -> {
            // As Quarkus does.
            context.request().pause();
            if (guard.admits(context)) {
                context.next();
            }
        });
        router.route("/early")
                .handler(context -> context.response().setStatusCode(401).end());
        router.route("/body").handler(context -> {
            context.request().body().onSuccess(body -> context.end(Integer.toString(body.length())));
            context.request().resume();
        });
        server = await(VERTX.createHttpServer(
                        new HttpServerOptions().setInitialSettings(new Http2Settings().setMaxHeaderListSize(131_072)))
                .connectionHandler(connection -> CONNECTIONS.incrementAndGet())
                .requestHandler(router)
                .listen(0, "127.0.0.1"));
        client = VERTX.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MaxPoolSize(1)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(server.actualPort()));
    }

    @AfterAll
    static void stop() throws Exception {
        await(VERTX.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Future<HttpClientRequest> post(String path) {
        return client.request(HttpMethod.POST, path);
    }

    private static int statusWithHeader(int length) throws Exception {
        return await(post("/early").compose(request -> request.putHeader("x", "y".repeat(length))
                        .send()))
                .statusCode();
    }

    @Test
    void shouldRefuseLongHeadersOnTheirStreamOnly() throws Exception {
        Future<Buffer> other = post("/body").compose(request -> {
            request.setChunked(true).write("a");
            VERTX.setTimer(100, later -> request.end("b"));
            return request.response().compose(HttpClientResponse::body);
        });
        assertThat(statusWithHeader(12 * 1024)).isEqualTo(401);
        assertThat(statusWithHeader(MAX_HEADER_SIZE)).isEqualTo(431);
        assertThat(statusWithHeader(100_000)).isEqualTo(431);
        assertThat(await(other)).hasToString("2");
        assertThat(CONNECTIONS).hasValue(1);
    }

    @Test
    void shouldAnswerBeforeABodyWithoutBlockingTheConnection() throws Exception {
        for (int i = 0; i < 20; i++) {
            int status = await(post("/early").compose(request -> {
                        request.setChunked(true).write(Buffer.buffer(new byte[30_000]));
                        return request.response();
                    }))
                    .statusCode();
            assertThat(status).isEqualTo(401);
        }
        Buffer length = await(post("/body")
                .compose(request -> request.send(Buffer.buffer(new byte[100_000])))
                .compose(HttpClientResponse::body));
        assertThat(length).hasToString("100000");
        assertThat(CONNECTIONS).hasValue(1);
    }

    @Test
    void shouldLimitTheTimeOfABody() throws Exception {
        HttpClientResponse response = await(post("/body").compose(request -> {
            request.setChunked(true).write("a");
            return request.response();
        }));
        assertThat(response.statusCode()).isEqualTo(408);
        assertThat(CONNECTIONS).hasValue(1);
    }
}
