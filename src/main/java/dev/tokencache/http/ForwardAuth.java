package dev.tokencache.http;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.Role;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers web servers that ask whether a browser's request has a good token: nginx {@code auth_request}, Envoy
 * {@code ext_authz}, Traefik {@code forwardAuth} and their like.
 *
 * <p>The way of most requests, and for that reason a Vert.x handler: see ADR 3. It never reads a body, so that a web
 * server may pass the browser's headers on without it. Thread-safe.
 */
@Singleton
final class ForwardAuth implements Handler<RoutingContext> {

    private static final CharSequence CALLER_AUTHORIZATION = HttpHeaders.createOptimized("x-caller-authorization");
    private static final CharSequence SUBJECT = HttpHeaders.createOptimized("X-Auth-Subject");
    private static final CharSequence TOKEN_ID = HttpHeaders.createOptimized("X-Auth-Token-Id");
    private static final CharSequence EXPIRES = HttpHeaders.createOptimized("X-Auth-Expires");
    private static final CharSequence SCOPE = HttpHeaders.createOptimized("X-Auth-Scope");
    private static final CharSequence CLAIMS = HttpHeaders.createOptimized("X-Auth-Claims");
    private static final CharSequence CLAIMS_OMITTED = HttpHeaders.createOptimized("X-Auth-Claims-Omitted");
    private static final CharSequence CHALLENGE = HttpHeaders.createOptimized("WWW-Authenticate");
    private static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence ZERO = HttpHeaders.createOptimized("0");
    private static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized(Problem.MEDIA_TYPE);
    private static final CharSequence RETRY_AFTER_SECONDS = HttpHeaders.createOptimized(ErrorMapper.RETRY_AFTER);
    private static final CharSequence BASIC = HttpHeaders.createOptimized(ErrorMapper.BASIC_CHALLENGE);
    private static final CharSequence BEARER = HttpHeaders.createOptimized("Bearer");
    private static final CharSequence BEARER_INVALID = HttpHeaders.createOptimized("Bearer error=\"invalid_token\"");

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final TokenService tokens;
    private final Callers callers;
    private final boolean requireCaller;
    private final String cookie;
    private final int claimsHeaderLimit;

    ForwardAuth(TokenService tokens, Callers callers, ForwardAuthConfig config) {
        this.tokens = tokens;
        this.callers = callers;
        this.requireCaller = config.requireCaller();
        this.cookie = config.cookie();
        this.claimsHeaderLimit = config.claimsHeaderLimit();
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        MultiMap headers = request.headers();
        Problem refusal = requireCaller ? refuseCaller(headers.get(CALLER_AUTHORIZATION)) : null;
        if (refusal != null) {
            answer(request, refusal, BASIC);
            return;
        }
        String token = ForwardedToken.find(
                headers.getAll(HttpHeaders.AUTHORIZATION), headers.getAll(HttpHeaders.COOKIE), cookie);
        if (token == null) {
            answer(request, Problem.NO_TOKEN, BEARER);
            return;
        }
        tokens.validate(new TokenString(token))
                .subscribe()
                .with(verdict -> answer(request, verdict), failure -> fail(request, failure));
    }

    private @Nullable Problem refuseCaller(@Nullable String credentials) {
        Optional<Caller> caller = callers.authenticate(credentials);
        if (caller.isEmpty()) {
            return Problem.UNAUTHENTICATED;
        }
        return caller.get().may(Role.VALIDATE) ? null : Problem.forbidden(Role.VALIDATE.toString());
    }

    private void answer(HttpServerRequest request, Verdict verdict) {
        if (verdict instanceof Verdict.Active active) {
            answer(request, active.token());
        } else if (verdict instanceof Verdict.Inactive) {
            answer(request, Problem.INVALID_TOKEN, BEARER_INVALID);
        } else {
            answer(request, Problem.STORE_UNAVAILABLE, null);
        }
    }

    private void answer(HttpServerRequest request, Token token) {
        HttpServerResponse response = request.response();
        if (isGone(response)) {
            return;
        }
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
        if (claims != null) {
            setClaims(headers, claims.json());
        }
        response.end();
    }

    private void setClaims(MultiMap headers, byte[] json) {
        int encodedLength = (json.length * 4 + 2) / 3;
        if (encodedLength > claimsHeaderLimit) {
            headers.set(CLAIMS_OMITTED, TRUE);
        } else {
            headers.set(CLAIMS, BASE64URL.encodeToString(json));
        }
    }

    private void fail(HttpServerRequest request, Throwable failure) {
        answer(request, ErrorMapper.problemOf(failure), null);
    }

    /** @param challenge the {@code WWW-Authenticate} of a 401 */
    private static void answer(HttpServerRequest request, Problem problem, @Nullable CharSequence challenge) {
        HttpServerResponse response = request.response();
        if (isGone(response)) {
            return;
        }
        response.setStatusCode(problem.status());
        MultiMap headers =
                response.headers().set(HttpHeaders.CACHE_CONTROL, NO_STORE).set(HttpHeaders.CONTENT_TYPE, PROBLEM_JSON);
        if (problem.status() == 401 && challenge != null) {
            headers.set(CHALLENGE, challenge);
        } else if (problem.status() == 503) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        response.end(Buffer.buffer(problem.json()));
    }

    /** Whether nobody is there to be answered any more. */
    private static boolean isGone(HttpServerResponse response) {
        return response.closed() || response.ended();
    }
}
