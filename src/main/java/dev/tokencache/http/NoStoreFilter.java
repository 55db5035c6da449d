package dev.tokencache.http;

import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Keeps every answer of the API, errors included, out of caches: nearly all of them speak of a token. */
final class NoStoreFilter {

    @ServerResponseFilter
    void forbidStoring(ContainerResponseContext response) {
        response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
