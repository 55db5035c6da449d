package dev.tokencache.operator.console.api;

import dev.tokencache.redis.Futures;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** Sends calls to the API of this process, over loopback. */
public final class ApiClient {

    private static final String HOST = "127.0.0.1";

    /** Longer than a run of doctor. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** @param reason the words for the status */
    public record Answer(int status, String reason, List<Map.Entry<String, String>> headers, String body) {

        public Answer {
            headers = List.copyOf(headers);
        }
    }

    private final HttpClient client;
    private final IntSupplier port;

    /** @param port of the API; read at each call */
    public ApiClient(Vertx vertx, IntSupplier port) {
        this.client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false));
        this.port = port;
    }

    /** The answer, with any status. Fails with an {@link java.io.IOException} or a timeout if there is none. */
    public Uni<Answer> send(ApiCall call) {
        RequestOptions request = new RequestOptions()
                .setHost(HOST)
                .setPort(port.getAsInt())
                .setMethod(HttpMethod.valueOf(call.method()))
                .setURI(call.uri())
                .setTimeout(TIMEOUT.toMillis());
        call.headers().forEach(request::putHeader);
        return Futures.toUni(() -> client.request(request).compose(sent -> answer(sent, call)));
    }

    private static Future<Answer> answer(HttpClientRequest request, ApiCall call) {
        return call.body()
                .map(body -> request.send(Buffer.buffer(body)))
                .orElseGet(request::send)
                .compose(response -> response.body()
                        .map(body -> new Answer(
                                response.statusCode(),
                                response.statusMessage(),
                                response.headers().entries(),
                                body.toString())));
    }
}
