package dev.tokencache.http;

import dev.tokencache.http.error.Problem;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.token.Durability;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Builds successful responses. */
public final class Responses {

    private static final int CONFLICT = 409;

    private Responses() {}

    public static Response json(byte[] document) {
        return Response.ok(document).header(HttpHeaders.CONTENT_TYPE, Body.JSON).build();
    }

    public static Response json(JsonDocument document) {
        return json(document.bytes());
    }

    /** @param path the path of the new resource; {@code Location} has no authority, which is unknown behind a proxy */
    public static Response created(String path, byte[] document) {
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, path)
                .header(HttpHeaders.CONTENT_TYPE, Body.JSON)
                .entity(document)
                .build();
    }

    /** A request that the present state does not allow: a problem (RFC 9457) that also lists the reasons in {@code reasons}. */
    public static Response refused(String kind, String title, List<String> reasons) {
        JsonDocument problem = new JsonDocument()
                .with("type", "urn:token-cache:problem:" + kind)
                .with("title", title)
                .with("status", CONFLICT)
                .with("detail", String.join("; ", reasons))
                .with("reasons", reasons);
        return Response.status(CONFLICT)
                .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .entity(problem.bytes())
                .build();
    }

    public static Response noContent(Durability durability) {
        return withDurability(Response.noContent(), durability);
    }

    public static Response ok(Durability durability) {
        return withDurability(Response.ok(), durability);
    }

    /** Marks, in a header because there is no body, a write that was not replicated or that is in the journal. */
    private static Response withDurability(Response.ResponseBuilder response, Durability durability) {
        switch (durability) {
            case AS_CONFIGURED -> {}
            case UNDER_REPLICATED -> response.header("X-Replicated", "false");
            case JOURNALED -> response.header("X-Journaled", "true");
        }
        return response.build();
    }
}
