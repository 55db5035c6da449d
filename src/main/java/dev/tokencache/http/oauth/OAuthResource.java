package dev.tokencache.http.oauth;

import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.ResponseBodies;
import dev.tokencache.http.Responses;
import dev.tokencache.identity.SignedIdentities;
import dev.tokencache.token.TokenService;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The OAuth endpoints: introspection (RFC 7662), also signed (RFC 9701), and revocation (RFC 7009). */
@Path("/oauth2")
public final class OAuthResource {

    private static final String SIGNED = "application/" + SignedIdentities.INTROSPECTION;

    private final TokenService tokens;
    private final AuditedTokens audited;
    private final Optional<SignedIdentities> identities;

    OAuthResource(TokenService tokens, AuditedTokens audited, SignedIdentities.Configured configured) {
        this.tokens = tokens;
        this.audited = audited;
        this.identities = configured.identities();
    }

    @POST
    @Path("/introspect")
    @Allowed(Role.VALIDATE)
    @Body(Body.FORM)
    public Uni<Response> introspect(byte[] form, @Context ContainerRequestContext context) {
        Uni<byte[]> document = tokens.validate(FormBody.parse(form).token()).map(ResponseBodies::introspection);
        Optional<SignedIdentities> signing =
                identities.filter(on -> wantsSignature(context.getHeaderString(HttpHeaders.ACCEPT)));
        return signing.isEmpty()
                ? document.map(Responses::json)
                : document.map(json -> signing.get()
                                .ofIntrospection(CallerFilter.callerOf(context).id(), json))
                        .map(jwt -> Response.ok(jwt)
                                .header(HttpHeaders.CONTENT_TYPE, SIGNED)
                                .build());
    }

    /** Whether the value of {@code Accept} asks for a signed introspection. */
    static boolean wantsSignature(@Nullable String accept) {
        return accept != null && accept.toLowerCase(Locale.ROOT).contains(SIGNED);
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
