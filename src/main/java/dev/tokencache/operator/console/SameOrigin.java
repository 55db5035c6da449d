package dev.tokencache.operator.console;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes forms of the console from those of other sites, which a browser would send with the operator's credentials, too.
 *
 * <p>Browsers say where a request comes from, and no script can change it: {@code Sec-Fetch-Site} (Fetch Metadata), or
 * {@code Origin} where that is missing, for example over plain HTTP. It needs no secret, so any instance can serve the form of
 * another one. A request that says neither is refused.
 */
final class SameOrigin {

    private SameOrigin() {}

    static boolean sent(HttpServerRequest request) {
        // HTTP/2 has no header Host.
        HostAndPort authority = request.authority();
        return isSame(
                request.getHeader("Sec-Fetch-Site"),
                request.getHeader("Origin"),
                authority == null ? null : authority.toString());
    }

    static boolean isSame(@Nullable String site, @Nullable String origin, @Nullable String authority) {
        return (site == null || site.equals("same-origin"))
                && (origin == null ? site != null : isAuthority(origin, authority));
    }

    /** The scheme is not compared: a proxy may end TLS. */
    private static boolean isAuthority(String origin, @Nullable String authority) {
        try {
            return authority != null
                    && authority.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
