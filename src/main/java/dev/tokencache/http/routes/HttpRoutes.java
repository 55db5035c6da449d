package dev.tokencache.http.routes;

import dev.tokencache.http.connection.StreamGuard;
import dev.tokencache.http.error.ErrorDialect;
import dev.tokencache.http.error.ErrorMapper;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.forwardauth.ForwardAuth;
import dev.tokencache.http.oauth.Introspection;
import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;

/** Registers the routes that are not REST resources: forward-auth, the fast path of introspection, and the failure handler. */
final class HttpRoutes {

    /** Before the framework checks the length of the body, since forward-auth ignores bodies. */
    private static final int BEFORE_ALL_CHECKS = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1;

    private static final String FORWARD_AUTH = "/v1/auth";

    static void register(@Observes Router router, ForwardAuth forwardAuth, Introspection introspection) {
        StreamGuard streams = new StreamGuard();
        // The handlers are CDI proxies: the beans are created at the first request, after the start-up checks.
        router.route().order(BEFORE_ALL_CHECKS).handler(context -> routeAsSent(context, streams, forwardAuth));
        router.route(FORWARD_AUTH + "/*").order(BEFORE_ALL_CHECKS).handler(forwardAuth);
        router.post("/oauth2/introspect").order(BEFORE_ALL_CHECKS).handler(introspection);
        router.route().order(BEFORE_ALL_CHECKS).failureHandler(HttpRoutes::answerFailure);
    }

    static void register(@Observes ManagementInterface management) {
        management.router().errorHandler(404, HttpRoutes::answerFailure);
    }

    /**
     * Routes forward-auth by the path as sent. A web server may append the browser's path, and the router resolves dot
     * segments: {@code /v1/auth/../../.well-known/…} would otherwise be a 200 without a token.
     */
    private static void routeAsSent(RoutingContext context, StreamGuard streams, ForwardAuth forwardAuth) {
        if (!streams.admits(context)) {
            return;
        }
        String path = context.request().path();
        if (path.startsWith(FORWARD_AUTH)
                && (path.length() == FORWARD_AUTH.length() || path.charAt(FORWARD_AUTH.length()) == '/')) {
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
                : Problem.ofStatus(context.statusCode());
        ErrorDialect dialect = ErrorDialect.of(context.request().path());
        // A handler may have failed while it was setting its own.
        response.headers().clear();
        if (problem.status() == 503) {
            response.putHeader(HttpHeaders.RETRY_AFTER, ErrorMapper.RETRY_AFTER);
        }
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.CONTENT_TYPE, dialect.mediaType())
                .end(Buffer.buffer(dialect.body(problem)));
    }
}
