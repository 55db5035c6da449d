package dev.tokencache.http;

import dev.tokencache.caller.Role;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.TokenService;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Encoded;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** What is kept for one subject: {@code /v1/subjects/{sub}}, the subject percent-encoded, slashes included. */
@Path("/v1/subjects/{sub}")
final class SubjectsResource {

    private final TokenService tokens;

    SubjectsResource(TokenService tokens) {
        this.tokens = tokens;
    }

    @GET
    @Path("/tokens")
    @Allowed(Role.ADMIN)
    public Uni<Response> list(@Encoded @PathParam("sub") String encoded) {
        String sub = decode(encoded);
        return tokens.list(sub).map(kept -> Replies.json(Answers.subject(sub, kept)));
    }

    @POST
    @Path("/expire")
    @Allowed(Role.REVOKE)
    @Body(Body.JSON)
    public Uni<Response> expire(@Encoded @PathParam("sub") String encoded, byte[] body) {
        String sub = decode(encoded);
        return tokens.expireSubject(sub, Requests.expireSubject(body))
                .map(mark -> Replies.json(Answers.expiredSubject(sub, mark)));
    }

    /** Decodes strictly: the framework would replace what is no UTF-8, and so name another subject. */
    private static String decode(String encoded) {
        return PercentEncoding.decode(encoded)
                .orElseThrow(() -> new InvalidRequestException("sub", "must be percent-encoded UTF-8"));
    }
}
