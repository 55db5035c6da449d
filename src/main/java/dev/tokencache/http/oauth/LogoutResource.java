package dev.tokencache.http.oauth;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokencache.caller.Caller;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.http.Body;
import dev.tokencache.http.Responses;
import dev.tokencache.logout.LogoutIssuers;
import dev.tokencache.logout.LogoutToken;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenService;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ends the tokens of a user who has logged out at an OpenID provider: OpenID Connect Back-Channel Logout 1.0, sections 2.5 to
 * 2.8. The signature of the logout token authenticates the request.
 */
@Path("/oauth2/backchannel-logout")
final class LogoutResource {

    /** How many tokens to expire at a time. */
    private static final int CONCURRENCY = 16;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final LogoutIssuers issuers;
    private final TokenService tokens;
    private final AuditedTokens audited;

    LogoutResource(LogoutIssuers issuers, TokenService tokens, AuditedTokens audited) {
        this.issuers = issuers;
        this.tokens = tokens;
        this.audited = audited;
    }

    @POST
    @Allowed.ToAnyone
    @Body(Body.FORM)
    public Uni<Response> logout(byte[] form) {
        return issuers.verify(FormBody.parse(form).logoutToken())
                .chain(logout -> expire(logout).invoke(done -> issuers.accepted(logout)))
                .map(Responses::ok);
    }

    private Uni<Durability> expire(LogoutToken logout) {
        // No caller's id has a colon.
        Caller provider = new Caller("logout:" + logout.provider(), Set.of());
        return logout.sid() == null
                ? audited.expireSubject(logout.sub(), OptionalLong.empty(), Optional.empty(), provider)
                        .map(SubjectNotBefore::durability)
                : expireSession(logout, Paging.FIRST, provider);
    }

    /** Expires the subject's tokens of one session, a page at a time: first the tokens of the page, then the next page. */
    private Uni<Durability> expireSession(LogoutToken logout, Paging paging, Caller provider) {
        return tokens.list(logout.sub(), paging)
                .chain(page -> expire(page, Objects.requireNonNull(logout.sid()), provider)
                        .chain(durability -> page.next().isEmpty()
                                ? Uni.createFrom().item(durability)
                                : expireSession(logout, new Paging(paging.limit(), page.next()), provider)
                                        .map(rest -> weaker(durability, rest))));
    }

    private Uni<Durability> expire(SubjectTokens page, String sid, Caller provider) {
        List<Uni<Durability>> expiries = page.tokens().stream()
                .filter(token -> isOf(sid, token))
                .map(token -> audited.expire(token.id(), provider))
                .toList();
        return expiries.isEmpty()
                ? Uni.createFrom().item(Durability.AS_CONFIGURED)
                : Uni.join()
                        .all(expiries)
                        .usingConcurrencyOf(CONCURRENCY)
                        .andFailFast()
                        .map(all -> all.stream().reduce(Durability.AS_CONFIGURED, LogoutResource::weaker));
    }

    private static Durability weaker(Durability one, Durability other) {
        return one == Durability.AS_CONFIGURED ? other : one;
    }

    /** Whether a token is of this session, or of none that is known. */
    private static boolean isOf(String sid, Token token) {
        Claims claims = token.claims();
        String own = claims == null ? null : sidOf(claims);
        return own == null || own.equals(sid);
    }

    private static @Nullable String sidOf(Claims claims) {
        try {
            return JSON.readTree(claims.json()).path("sid").asText(null);
        } catch (IOException e) {
            throw new UncheckedIOException("stored claims are valid JSON", e);
        }
    }
}
