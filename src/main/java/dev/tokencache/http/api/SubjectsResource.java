package dev.tokencache.http.api;

import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.PercentEncoding;
import dev.tokencache.http.ResponseBodies;
import dev.tokencache.http.Responses;
import dev.tokencache.token.InvalidRequestException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Encoded;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** The tokens of a subject: {@code /v1/subjects/{sub}}. The subject is percent-encoded, slashes included. */
@Path("/v1/subjects/{sub}")
final class SubjectsResource {

    private final AuditedTokens tokens;

    SubjectsResource(AuditedTokens tokens) {
        this.tokens = tokens;
    }

    @GET
    @Path("/tokens")
    @Allowed(Role.ADMIN)
    public Uni<Response> list(
            @Encoded @PathParam("sub") String encoded, @Context UriInfo uri, @Context ContainerRequestContext context) {
        String sub = decode(encoded);
        return tokens.list(sub, Requests.list(uri.getQueryParameters()), CallerFilter.callerOf(context))
                .map(listed -> Responses.json(ResponseBodies.subject(sub, listed)));
    }

    @POST
    @Path("/expire")
    @Allowed(Role.REVOKE)
    @Body(Body.JSON)
    public Uni<Response> expire(
            @Encoded @PathParam("sub") String encoded, byte[] body, @Context ContainerRequestContext context) {
        String sub = decode(encoded);
        Requests.SubjectExpiry expiry = Requests.expireSubject(body);
        return tokens.expireSubject(sub, expiry.before(), expiry.except(), CallerFilter.callerOf(context))
                .map(notBefore -> Responses.json(ResponseBodies.expiredSubject(sub, notBefore)));
    }

    /** Decodes strictly: the framework would replace malformed UTF-8, which turns one subject into another. */
    private static String decode(String encoded) {
        return PercentEncoding.decode(encoded)
                .orElseThrow(() -> new InvalidRequestException("sub", "must be percent-encoded UTF-8"));
    }
}
