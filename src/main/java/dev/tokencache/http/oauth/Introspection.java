package dev.tokencache.http.oauth;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Body;
import dev.tokencache.http.BodyHeaders;
import dev.tokencache.http.ResponseBodies;
import dev.tokencache.identity.SignedIdentities;
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
 * The fast path of an unsigned introspection (RFC 7662). It answers requests with valid headers and passes all others to
 * {@link OAuthResource}, which reports what is invalid. Both send the same responses.
 *
 * <p>A Vert.x handler because some web servers introspect on most of their requests: see ADR 3. Thread-safe.
 */
@ApplicationScoped
public class Introspection implements Handler<RoutingContext> {

    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    private static final CharSequence JSON = HttpHeaders.createOptimized(Body.JSON);

    /** A longer {@code Content-Length} is over the limit. */
    private static final int MAX_DIGITS = 9;

    private final TokenService tokens;
    private final Callers callers;
    private final boolean areSigned;

    Introspection(TokenService tokens, Callers callers, SignedIdentities.Configured configured) {
        this.tokens = tokens;
        this.callers = callers;
        this.areSigned = configured.identities().isPresent();
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        MultiMap headers = request.headers();
        if (announceForm(headers) && isAllowed(headers) && !wantsSignature(headers)) {
            // An incomplete body means that the client has disconnected: no response, no log line.
            request.body().onSuccess(form -> answer(context, form));
            // Quarkus has paused the request.
            request.resume();
        } else {
            context.next();
        }
    }

    /** Whether the headers announce a form within the limit, sent without waiting for a 100. */
    private static boolean announceForm(MultiMap headers) {
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

    private boolean wantsSignature(MultiMap headers) {
        return areSigned && OAuthResource.wantsSignature(headers.get(HttpHeaders.ACCEPT));
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
            tokens.validate(FormBody.parse(form.getBytes()).withoutCredentials().token())
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
