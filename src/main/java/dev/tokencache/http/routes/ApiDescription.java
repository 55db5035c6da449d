package dev.tokencache.http.routes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Serves the OpenAPI description of the API on the management port, as YAML or JSON.
 *
 * <p>It reads the file on each request. The OpenAPI extension would parse and rewrite it at every start, which would take a
 * quarter of the start-up time.
 */
public final class ApiDescription {

    private static final String FILE = "META-INF/openapi.yaml";

    private static final String PATH = "/q/openapi";

    private static final String JSON = "application/json";

    static void register(@Observes ManagementInterface management) {
        Router router = management.router();
        serve(router, PATH, ApiDescription::wantsJson);
        serve(router, PATH + ".json", context -> true);
        serve(router, PATH + ".yaml", context -> false);
        serve(router, PATH + ".yml", context -> false);
    }

    private static void serve(Router router, String path, Predicate<RoutingContext> isJson) {
        router.route(path)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .blockingHandler(context -> answer(context, isJson.test(context)));
    }

    private static boolean wantsJson(RoutingContext context) {
        String format = context.request().getParam("format");
        if (format != null) {
            return format.toLowerCase(Locale.ROOT).equals("json");
        }
        String accepted = context.request().getHeader(HttpHeaders.ACCEPT);
        return accepted != null && accepted.contains(JSON);
    }

    private static void answer(RoutingContext context, boolean isJson) {
        byte[] yaml = yaml();
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, (isJson ? JSON : "application/yaml") + ";charset=UTF-8")
                .end(Buffer.buffer(isJson ? toJson(yaml) : yaml));
    }

    /** The file. Blocks. */
    public static byte[] yaml() {
        try (InputStream file = Thread.currentThread().getContextClassLoader().getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is missing from the package");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] toJson(byte[] yaml) {
        try {
            return new ObjectMapper(new JsonFactory())
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(new ObjectMapper(new YAMLFactory()).readTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ApiDescription() {}
}
