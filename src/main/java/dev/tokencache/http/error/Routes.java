package dev.tokencache.http.error;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The methods of each path, for the {@code Allow} header of a 405: the framework does not expose them. */
final class Routes {

    private record Route(Pattern path, String methods) {}

    private static final List<Route> ALL = List.of(
            route("/v1/tokens", "POST"),
            route("/v1/tokens/(validate|renew|expire)", "POST"),
            route("/v1/tokens/(?!(validate|renew|expire)/?$)[^/]+", "GET, HEAD, DELETE"),
            route("/v1/subjects/[^/]+/tokens", "GET, HEAD"),
            route("/v1/subjects/[^/]+/expire", "POST"),
            route("/v1/admin/(doctor|journal)", "GET, HEAD"),
            route("/v1/admin/drill", "GET, HEAD, POST"),
            route("/v1/admin/migration", "GET, HEAD, PUT"),
            route("/v1/admin/migration/(backfill|verify)", "GET, HEAD, POST"),
            route("/v1/admin/(reload|drill/abort)", "POST"),
            route("/oauth2/(introspect|revoke|backchannel-logout)", "POST"),
            route("/.well-known/(oauth-authorization-server|jwks\\.json)", "GET, HEAD"));

    private Routes() {}

    private static Route route(String path, String methods) {
        return new Route(Pattern.compile(path + "/?"), methods + ", OPTIONS");
    }

    /** The methods of a path, in the syntax of {@code Allow} (RFC 9110 section 10.2.1); empty if there is no such path. */
    static String methodsOf(String path) {
        return ALL.stream()
                .filter(route -> route.path().matcher(path).matches())
                .map(Route::methods)
                .collect(Collectors.joining(", "));
    }
}
