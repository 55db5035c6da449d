package dev.tokencache.http.oauth;

import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.ResponseBodies;
import dev.tokencache.http.Responses;
import dev.tokencache.token.TokenService;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** The OAuth endpoints: introspection (RFC 7662) and revocation (RFC 7009). */
@Path("/oauth2")
public final class OAuthResource {

    private final TokenService tokens;
    private final AuditedTokens audited;

    OAuthResource(TokenService tokens, AuditedTokens audited) {
        this.tokens = tokens;
        this.audited = audited;
    }

    @POST
    @Path("/introspect")
    @Allowed(Role.VALIDATE)
    @Body(Body.FORM)
    public Uni<Response> introspect(byte[] form) {
        return tokens.validate(FormBody.parse(form).token())
                .map(ResponseBodies::introspection)
                .map(Responses::json);
    }

    @POST
    @Path("/revoke")
    @Allowed(Role.REVOKE)
    @Body(Body.FORM)
    public Uni<Response> revoke(byte[] form, @Context ContainerRequestContext context) {
        return audited.expire(FormBody.parse(form).token(), CallerFilter.callerOf(context))
                .map(Responses::ok);
    }
}
