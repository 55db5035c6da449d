package dev.tokencache.http.routes;

import dev.tokencache.http.error.ErrorDialect;
import dev.tokencache.http.error.ErrorMapper;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.forwardauth.ForwardAuth;
import dev.tokencache.http.oauth.Introspection;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;

/** Puts what is not made of resources into the router: forward-auth, the short way of introspection, and the answer to failures. */
final class HttpRoutes {

    /** Before the check of the body's length, since forward-auth looks at no body. */
    private static final int BEFORE_ALL_CHECKS = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    static void register(@Observes Router router, ForwardAuth forwardAuth, Introspection introspection) {
        // Proxies: a handler itself is made at the first request, after the start-up checks had their say.
        router.route("/v1/auth/*").order(BEFORE_ALL_CHECKS).handler(forwardAuth);
        router.post("/oauth2/introspect").order(BEFORE_ALL_CHECKS).handler(introspection);
        router.route().order(BEFORE_ALL_CHECKS).handler(context -> routeAsSent(context, forwardAuth));
        router.route().order(BEFORE_ALL_CHECKS).failureHandler(HttpRoutes::answerFailure);
    }

    /**
     * Keeps forward-auth what it is when there are dots in the path. A web server may append the browser's own path, and
     * the router takes dot segments away before it looks: {@code /v1/auth/../../.well-known/…} would be a 200 for anybody.
     */
    private static void routeAsSent(RoutingContext context, ForwardAuth forwardAuth) {
        if (context.request().path().startsWith("/v1/auth/")) {
            forwardAuth.handle(context);
        } else {
            context.next();
        }
    }

    private static void answerFailure(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.headWritten() || response.closed()) {
            context.next();
            return;
        }
        Problem problem = context.failure() != null && context.statusCode() >= 500
                ? ErrorMapper.problemOf(context.failure())
                : Problem.ofStatus(context.statusCode(), null);
        ErrorDialect dialect = ErrorDialect.of(context.request().path());
        if (problem.status() == 503) {
            response.putHeader(HttpHeaders.RETRY_AFTER, ErrorMapper.RETRY_AFTER);
        }
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.CONTENT_TYPE, dialect.mediaType())
                .end(Buffer.buffer(dialect.body(problem)));
    }
}
