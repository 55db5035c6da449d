package dev.tokencache.http;

import dev.tokencache.token.Durability;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** The successful responses. */
public final class Responses {

    private Responses() {}

    public static Response json(byte[] document) {
        return Response.ok(document).header(HttpHeaders.CONTENT_TYPE, Body.JSON).build();
    }

    /** @param path where the new thing is; told as it stands, since behind a proxy we do not know our own authority */
    public static Response created(String path, byte[] document) {
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, path)
                .header(HttpHeaders.CONTENT_TYPE, Body.JSON)
                .entity(document)
                .build();
    }

    public static Response noContent(Durability durability) {
        return withDurability(Response.noContent(), durability);
    }

    public static Response ok(Durability durability) {
        return withDurability(Response.ok(), durability);
    }

    /** Says in a header what a write lacks, where there is no body to say it in. */
    private static Response withDurability(Response.ResponseBuilder response, Durability durability) {
        switch (durability) {
            case AS_CONFIGURED -> {}
            case UNDER_REPLICATED -> response.header("X-Replicated", "false");
            case JOURNALED -> response.header("X-Journaled", "true");
        }
        return response.build();
    }
}
