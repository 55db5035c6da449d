package bench;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;

/** The service's HTTP server without a validation: returns the headers of an active token for every request. */
final class Ceiling {

    private static final CharSequence SUBJECT = HttpHeaders.createOptimized("X-Auth-Subject");
    private static final CharSequence TOKEN_ID = HttpHeaders.createOptimized("X-Auth-Token-Id");
    private static final CharSequence EXPIRES = HttpHeaders.createOptimized("X-Auth-Expires");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence ZERO = HttpHeaders.createOptimized("0");

    void register(@Observes Router router) {
        router.route("/v1/auth").order(-1000).handler(Ceiling::answer);
    }

    private static void answer(RoutingContext context) {
        context.response()
                .headers()
                .set(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .set(HttpHeaders.CONTENT_LENGTH, ZERO)
                .set(SUBJECT, "user-1")
                .set(TOKEN_ID, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
                .set(EXPIRES, "1800000000");
        context.response().end();
    }
}
