package dev.tokencache.operator.console;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The style sheet and the scripts, which {@code console/README.md} among the resources describes. */
final class Assets {

    static final String PATH = ConsoleRoutes.ROOT + "assets/";

    /** The files, with their media types. */
    private static final Map<String, String> FILES = Map.of(
            "console.css", "text/css",
            "console.js", "text/javascript",
            "htmx.min.js", "text/javascript",
            "sse.min.js", "text/javascript",
            "favicon.svg", "image/svg+xml");

    /** @param integrity for subresource integrity: the base64 of the SHA-384 */
    private record Asset(Buffer bytes, String mediaType, String integrity) {}

    private final Map<String, Asset> assets = new LinkedHashMap<>();

    Assets() {
        FILES.forEach((name, mediaType) -> {
            byte[] bytes = read("/console/" + name);
            assets.put(name, new Asset(Buffer.buffer(bytes), mediaType, "sha384-" + sha384(bytes)));
        });
    }

    private static byte[] read(String file) {
        try (InputStream in = Objects.requireNonNull(Assets.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha384(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-384").digest(bytes));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    String integrity(String name) {
        return Objects.requireNonNull(assets.get(name)).integrity();
    }

    void register(Router router) {
        assets.forEach((name, asset) -> router.get(PATH + name).handler(context -> send(context, asset)));
    }

    private static void send(RoutingContext context, Asset asset) {
        // A browser that has the file asks again with this tag, and gets no body.
        String tag = '"' + asset.integrity() + '"';
        context.response().putHeader(HttpHeaders.ETAG, tag).putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        if (tag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            context.response().setStatusCode(304).end();
        } else {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, asset.mediaType())
                    .end(asset.bytes());
        }
    }
}
