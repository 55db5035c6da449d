package dev.tokencache.http.forwardauth;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.caller.RefusedCallers.Reason;
import dev.tokencache.caller.RefusedCallers.Refusal;
import dev.tokencache.caller.Role;
import dev.tokencache.http.PercentEncoding;
import dev.tokencache.http.error.ErrorMapper;
import dev.tokencache.http.error.Problem;
import dev.tokencache.identity.SignedIdentities;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Authenticates browser requests for web servers: nginx {@code auth_request}, Envoy {@code ext_authz}, Traefik
 * {@code forwardAuth} and others.
 *
 * <p>A Vert.x handler because it serves most requests: see ADR 3. It does not wait for a body, so a web server can pass the
 * browser's headers without the body that they announce. Thread-safe.
 */
@ApplicationScoped
public class ForwardAuth implements Handler<RoutingContext> {

    private static final CharSequence CALLER_AUTHORIZATION = HttpHeaders.createOptimized("x-caller-authorization");
    private static final CharSequence FORWARDED_PROTO = HttpHeaders.createOptimized("x-forwarded-proto");
    private static final CharSequence FORWARDED_HOST = HttpHeaders.createOptimized("x-forwarded-host");
    private static final CharSequence FORWARDED_URI = HttpHeaders.createOptimized("x-forwarded-uri");
    private static final CharSequence FORWARDED_URL_ENCODED = HttpHeaders.createOptimized("X-Forwarded-Url-Encoded");
    private static final CharSequence SUBJECT = HttpHeaders.createOptimized("X-Auth-Subject");
    private static final CharSequence TOKEN_ID = HttpHeaders.createOptimized("X-Auth-Token-Id");
    private static final CharSequence EXPIRES = HttpHeaders.createOptimized("X-Auth-Expires");
    private static final CharSequence SCOPE = HttpHeaders.createOptimized("X-Auth-Scope");
    private static final CharSequence CLAIMS = HttpHeaders.createOptimized("X-Auth-Claims");
    private static final CharSequence CLAIMS_OMITTED = HttpHeaders.createOptimized("X-Auth-Claims-Omitted");
    private static final CharSequence IDENTITY = HttpHeaders.createOptimized("X-Auth-Identity");
    private static final CharSequence STALE = HttpHeaders.createOptimized("X-Auth-Stale");
    private static final CharSequence CHALLENGE = HttpHeaders.createOptimized("WWW-Authenticate");
    private static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence ZERO = HttpHeaders.createOptimized("0");
    private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized(Problem.MEDIA_TYPE);
    private static final CharSequence RETRY_AFTER_SECONDS = HttpHeaders.createOptimized(ErrorMapper.RETRY_AFTER);

    private static final Rejection NO_TOKEN = Rejection.of(Problem.NO_TOKEN, "Bearer");
    private static final Rejection INACTIVE = Rejection.of(Problem.INVALID_TOKEN, "Bearer error=\"invalid_token\"");
    private static final Rejection UNKNOWN = Rejection.of(Problem.STORE_UNAVAILABLE, null);
    private static final Rejection UNAUTHENTICATED = Rejection.of(Problem.UNAUTHENTICATED, ErrorMapper.BASIC_CHALLENGE);
    private static final Rejection FORBIDDEN = Rejection.of(Problem.forbidden(Role.VALIDATE.toString()), null);

    /** An error response, serialized once. */
    private record Rejection(int status, @Nullable CharSequence challenge, Buffer body) {
        static Rejection of(Problem problem, @Nullable String challenge) {
            return new Rejection(
                    problem.status(),
                    challenge == null ? null : HttpHeaders.createOptimized(challenge),
                    Buffer.buffer(problem.json()));
        }
    }

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final TokenService tokens;
    private final Callers callers;
    private final RefusedCallers refused;
    private final boolean requireCaller;
    private final String cookie;
    private final int claimsHeaderLimit;
    private final @Nullable SignedIdentities identities;

    ForwardAuth(
            TokenService tokens,
            Callers callers,
            RefusedCallers refused,
            ForwardAuthConfig config,
            SignedIdentities.Configured configured) {
        this.tokens = tokens;
        this.callers = callers;
        this.refused = refused;
        this.requireCaller = config.requireCaller();
        this.cookie = config.cookie();
        this.claimsHeaderLimit = config.claimsHeaderLimit();
        this.identities = configured.identities().orElse(null);
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        MultiMap headers = request.headers();
        Rejection refusal = requireCaller ? checkCaller(headers.get(CALLER_AUTHORIZATION)) : null;
        if (refusal != null) {
            answer(request, refusal);
            return;
        }
        List<TokenString> found = ForwardedToken.find(
                headers.getAll(HttpHeaders.AUTHORIZATION), headers.getAll(HttpHeaders.COOKIE), cookie);
        if (found.isEmpty()) {
            answer(request, NO_TOKEN);
            return;
        }
        Uni<Verdict> validation = found.size() == 1
                ? tokens.validate(found.get(0))
                : tokens.validate(found).map(ForwardedToken::verdictOf);
        validation.subscribe().with(verdict -> answerOrFail(request, verdict), failure -> fail(request, failure));
    }

    private @Nullable Rejection checkCaller(@Nullable String credentials) {
        Optional<Caller> caller = callers.authenticate(credentials);
        if (caller.isEmpty()) {
            refused.refused(callers.refusal(credentials));
            return UNAUTHENTICATED;
        }
        if (!caller.get().may(Role.VALIDATE)) {
            refused.refused(new Refusal(Reason.MISSING_ROLE, caller.get().id()));
            return FORBIDDEN;
        }
        return null;
    }

    /** Mutiny only logs what a callback throws, so the request would stay without an answer. */
    private void answerOrFail(HttpServerRequest request, Verdict verdict) {
        try {
            answer(request, verdict);
        } catch (RuntimeException unexpected) {
            request.response().headers().clear();
            fail(request, unexpected);
        }
    }

    private void answer(HttpServerRequest request, Verdict verdict) {
        if (verdict instanceof Verdict.Active active) {
            answer(request, active);
        } else {
            answer(request, verdict instanceof Verdict.Inactive ? INACTIVE : UNKNOWN);
        }
    }

    private void answer(HttpServerRequest request, Verdict.Active active) {
        HttpServerResponse response = request.response();
        if (isOver(response)) {
            return;
        }
        Token token = active.token();
        MultiMap headers = response.headers()
                .set(HttpHeaders.CACHE_CONTROL, NO_STORE)
                .set(HttpHeaders.CONTENT_LENGTH, ZERO)
                .set(SUBJECT, PercentEncoding.encode(token.sub()))
                .set(TOKEN_ID, token.id().text())
                .set(EXPIRES, Long.toString(token.expiresAt()));
        if (token.scope() != null) {
            headers.set(SCOPE, token.scope());
        }
        Claims claims = token.claims();
        boolean withClaims = claims != null && (claims.json().length * 4 + 2) / 3 <= claimsHeaderLimit;
        if (claims != null && withClaims) {
            headers.set(CLAIMS, BASE64URL.encodeToString(claims.json()));
        } else if (claims != null) {
            headers.set(CLAIMS_OMITTED, TRUE);
        }
        if (active.isStale()) {
            headers.set(STALE, TRUE);
        }
        if (identities != null) {
            headers.set(IDENTITY, identities.of(active, withClaims));
        }
        response.end();
    }

    private static void fail(HttpServerRequest request, Throwable failure) {
        answer(request, Rejection.of(ErrorMapper.problemOf(failure), null));
    }

    private static void answer(HttpServerRequest request, Rejection refusal) {
        HttpServerResponse response = request.response();
        if (isOver(response)) {
            return;
        }
        response.setStatusCode(refusal.status());
        MultiMap headers =
                response.headers().set(HttpHeaders.CACHE_CONTROL, NO_STORE).set(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON);
        if (refusal.challenge() != null) {
            headers.set(CHALLENGE, refusal.challenge());
            setAddress(headers, request.headers());
        } else if (refusal.status() == 503) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        response.end(refusal.body());
    }

    /** Encodes the browser's address for the redirect to a login page, because nginx and Caddy cannot. */
    private static void setAddress(MultiMap headers, MultiMap forwarded) {
        String scheme = forwarded.get(FORWARDED_PROTO);
        String host = forwarded.get(FORWARDED_HOST);
        String uri = forwarded.get(FORWARDED_URI);
        if (scheme != null && host != null && uri != null) {
            // Vert.x decodes headers as ISO 8859-1, so this restores the bytes that the browser sent.
            byte[] address = (scheme + "://" + host + uri).getBytes(ISO_8859_1);
            headers.set(FORWARDED_URL_ENCODED, PercentEncoding.encode(address));
        }
    }

    /** Whether the client has disconnected, or the response was already sent. */
    private static boolean isOver(HttpServerResponse response) {
        return response.closed() || response.ended();
    }
}
