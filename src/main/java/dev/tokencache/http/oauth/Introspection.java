package dev.tokencache.http.oauth;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Body;
import dev.tokencache.http.BodyHeaders;
import dev.tokencache.http.ResponseBodies;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.Verdict;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The short way of an introspection (RFC 7662): answers requests whose headers are as they should be, and lets all others
 * go on to {@link OAuthResource}, which says what is wrong with them. Both answer alike.
 *
 * <p>Web servers ask this for most of their requests, and for that reason it is a Vert.x handler: see ADR 3. Thread-safe.
 */
@ApplicationScoped
public class Introspection implements Handler<RoutingContext> {

    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence JSON = HttpHeaders.createOptimized(Body.JSON);

    /** No length that is within the limit has more digits. */
    private static final int MAX_DIGITS = 9;

    private final TokenService tokens;
    private final Callers callers;

    Introspection(TokenService tokens, Callers callers) {
        this.tokens = tokens;
        this.callers = callers;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (hasShortForm(request.headers()) && isAllowed(request.headers())) {
            // A body that does not come to its end has lost its sender: there is nobody to be answered, and nothing to
            // log.
            request.body().onSuccess(form -> answer(context, form));
            // Quarkus holds a body back until somebody wants it.
            request.resume();
        } else {
            context.next();
        }
    }

    /** Whether a form of a length that it may have follows at once. */
    private static boolean hasShortForm(MultiMap headers) {
        String length = headers.get(HttpHeaders.CONTENT_LENGTH);
        return length != null
                && length.length() <= MAX_DIGITS
                && Long.parseLong(length) <= Body.DEFAULT_LIMIT
                && isForm(only(headers.getAll(HttpHeaders.CONTENT_TYPE)))
                && !headers.contains(HttpHeaders.CONTENT_ENCODING)
                && !headers.contains(HttpHeaders.EXPECT);
    }

    private static boolean isForm(@Nullable String contentType) {
        return contentType != null && BodyHeaders.isAcceptable(contentType, Body.FORM);
    }

    private boolean isAllowed(MultiMap headers) {
        return callers.authenticateClient(only(headers.getAll(HttpHeaders.AUTHORIZATION)))
                .filter(caller -> caller.may(Role.VALIDATE))
                .isPresent();
    }

    private static @Nullable String only(List<String> values) {
        return values.size() == 1 ? values.get(0) : null;
    }

    private void answer(RoutingContext context, Buffer form) {
        try {
            tokens.validate(FormBody.token(form.getBytes()))
                    .subscribe()
                    .with(verdict -> answer(context, verdict), context::fail);
        } catch (RuntimeException refusal) {
            context.fail(refusal);
        }
    }

    private static void answer(RoutingContext context, Verdict verdict) {
        HttpServerResponse response = context.response();
        if (response.closed() || response.ended()) {
            return;
        }
        Buffer document;
        try {
            document = Buffer.buffer(ResponseBodies.introspection(verdict));
        } catch (RuntimeException unknown) {
            context.fail(unknown);
            return;
        }
        response.headers().set(HttpHeaders.CACHE_CONTROL, NO_STORE).set(HttpHeaders.CONTENT_TYPE, JSON);
        response.end(document);
    }
}
