package dev.tokencache.http.api;

import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.http.Body;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.ResponseBodies;
import dev.tokencache.http.Responses;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import dev.tokencache.token.Durability;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.RestPath;

/** Tokens: {@code /v1/tokens}. */
@Path("/v1/tokens")
final class TokensResource {

    /** Excludes the names of the calls above, so another method on one of their paths is a 405. */
    private static final String ID = "/{jti: (?!(?:validate|renew|expire)/?$)[^/]+}";

    private final TokenService tokens;
    private final AuditedTokens audited;

    TokensResource(TokenService tokens, AuditedTokens audited) {
        this.tokens = tokens;
        this.audited = audited;
    }

    @POST
    @Allowed(Role.ISSUE)
    @Body(Body.JSON)
    public Uni<Response> create(byte[] body, @Context ContainerRequestContext context) {
        return audited.create(Requests.create(body), CallerFilter.callerOf(context))
                .map(issued ->
                        Responses.created("/v1/tokens/" + issued.token().id().text(), ResponseBodies.issued(issued)));
    }

    @POST
    @Path("/validate")
    @Allowed(Role.VALIDATE)
    @Body(value = Body.JSON, limit = Body.BATCH_LIMIT)
    public Uni<Response> validate(byte[] body) {
        Requests.Validation validation = Requests.validate(body);
        return validation.batch()
                ? tokens.validate(validation.tokens())
                        .map(ResponseBodies::validations)
                        .map(Responses::json)
                : tokens.validate(validation.tokens().get(0))
                        .map(ResponseBodies::validation)
                        .map(Responses::json);
    }

    @POST
    @Path("/renew")
    @Allowed(Role.ISSUE)
    @Body(Body.JSON)
    public Uni<Response> renew(byte[] body, @Context ContainerRequestContext context) {
        Requests.Renewal renewal = Requests.renew(body);
        return audited.renew(renewal.token(), renewal.expiresIn(), CallerFilter.callerOf(context))
                .map(TokensResource::renewed);
    }

    private static Response renewed(TokenStore.Renewal renewal) {
        if (renewal instanceof TokenStore.Renewal.Renewed renewed) {
            return Responses.json(ResponseBodies.renewed(renewed));
        }
        if (renewal instanceof TokenStore.Renewal.BeyondRenewableUntil beyond) {
            throw new InvalidRequestException(
                    "expires_in", "must not exceed the token's maximum expiry, " + beyond.renewableUntil());
        }
        throw new ProblemException(Problem.NO_SUCH_TOKEN);
    }

    @POST
    @Path("/expire")
    @Allowed(Role.REVOKE)
    @Body(Body.JSON)
    public Uni<Response> expire(byte[] body, @Context ContainerRequestContext context) {
        return audited.expire(Requests.expire(body), CallerFilter.callerOf(context))
                .map(Responses::noContent);
    }

    @DELETE
    @Path(ID)
    @Allowed(Role.REVOKE)
    public Uni<Response> expireById(@RestPath String jti, @Context ContainerRequestContext context) {
        return TokenId.parse(jti)
                .map(id -> audited.expire(id, CallerFilter.callerOf(context)))
                .orElseGet(() -> Uni.createFrom().item(Durability.AS_CONFIGURED))
                .map(Responses::noContent);
    }

    @GET
    @Path(ID)
    @Allowed(Role.ADMIN)
    public Uni<Response> read(@RestPath String jti, @Context ContainerRequestContext context) {
        TokenId id = TokenId.parse(jti).orElseThrow(() -> new ProblemException(Problem.NO_SUCH_TOKEN));
        return audited.read(id, CallerFilter.callerOf(context)).map(TokensResource::record);
    }

    private static Response record(Verdict verdict) {
        if (verdict instanceof Verdict.Inactive) {
            throw new ProblemException(Problem.NO_SUCH_TOKEN);
        }
        return Responses.json(ResponseBodies.record(verdict));
    }
}
