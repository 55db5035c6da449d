package dev.tokencache.http;

import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Forbids caching of every response of the API, errors included: nearly all are about a token. */
final class NoStoreFilter {

    @ServerResponseFilter
    void forbidStoring(ContainerResponseContext response) {
        response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
