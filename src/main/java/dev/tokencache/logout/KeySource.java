package dev.tokencache.logout;

import dev.tokencache.redis.Futures;
import dev.tokencache.redis.Time;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/** Reads a JSON Web Key Set (RFC 7517) from a file or over HTTPS, without blocking. */
final class KeySource {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BYTES = 1 << 20;

    private KeySource() {}

    static Supplier<Uni<List<JsonWebKey>>> ofFile(Vertx vertx, String path) {
        return () -> Futures.toUni(() -> vertx.fileSystem().readFile(path)).map(KeySource::parse);
    }

    /** @param options the trust store, if it is not that of the JDK */
    static Supplier<Uni<List<JsonWebKey>>> ofUrl(Vertx vertx, String url, HttpClientOptions options, Time time) {
        HttpClient client = vertx.createHttpClient(
                options.setSsl(true).setConnectTimeout((int) TIMEOUT.toMillis()).setKeepAlive(false));
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url)
                .putHeader("Accept", "application/json, application/jwk-set+json")
                .setTimeout(TIMEOUT.toMillis());
        Uni<Buffer> document = Futures.toUni(
                () -> client.request(request).compose(sent -> sent.send()).compose(KeySource::bodyOf));
        return () -> Futures.within(
                        TIMEOUT, time, document, emitter -> emitter.fail(new IOException("no response in time")))
                .map(KeySource::parse);
    }

    private static Future<Buffer> bodyOf(HttpClientResponse response) {
        if (response.statusCode() != 200) {
            return Future.failedFuture(new IOException("status " + response.statusCode()));
        }
        Promise<Buffer> body = Promise.promise();
        Buffer received = Buffer.buffer();
        response.handler(part -> {
            if (received.length() + part.length() > MAX_BYTES) {
                body.tryFail(new IOException("too long"));
                response.request().reset();
            } else {
                received.appendBuffer(part);
            }
        });
        response.exceptionHandler(body::tryFail);
        response.endHandler(ended -> body.tryComplete(received));
        return body.future();
    }

    /** @throws IllegalArgumentException if it is not a key set */
    static List<JsonWebKey> parse(Buffer document) {
        try {
            return new JsonWebKeySet(document.toString()).getJsonWebKeys();
        } catch (JoseException malformed) {
            throw new IllegalArgumentException("is not a JSON Web Key Set");
        }
    }
}
