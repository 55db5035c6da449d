package dev.tokencache.http;

import dev.tokencache.caller.Role;
import dev.tokencache.token.TokenService;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** The OAuth dialect: introspection (RFC 7662) and revocation (RFC 7009). */
@Path("/oauth2")
final class OAuthResource {

    private final TokenService tokens;

    OAuthResource(TokenService tokens) {
        this.tokens = tokens;
    }

    @POST
    @Path("/introspect")
    @Allowed(Role.VALIDATE)
    @Body(Body.FORM)
    public Uni<Response> introspect(byte[] form) {
        return tokens.validate(FormBody.token(form)).map(Answers::introspection).map(Replies::json);
    }

    @POST
    @Path("/revoke")
    @Allowed(Role.REVOKE)
    @Body(Body.FORM)
    public Uni<Response> revoke(byte[] form) {
        return tokens.expire(FormBody.token(form)).map(Replies::ok);
    }
}
