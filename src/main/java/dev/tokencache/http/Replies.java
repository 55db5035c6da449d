package dev.tokencache.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** The successful responses. */
final class Replies {

    private Replies() {}

    static Response json(byte[] document) {
        return Response.ok(document).header(HttpHeaders.CONTENT_TYPE, Body.JSON).build();
    }

    /** @param path where the new thing is; told as it stands, since behind a proxy we do not know our own authority */
    static Response created(String path, byte[] document) {
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, path)
                .header(HttpHeaders.CONTENT_TYPE, Body.JSON)
                .entity(document)
                .build();
    }

    static Response noContent() {
        return Response.noContent().build();
    }
}
