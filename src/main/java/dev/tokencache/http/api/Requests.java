package dev.tokencache.http.api;

import dev.tokencache.http.Body;
import dev.tokencache.http.BodyFilter;
import dev.tokencache.http.json.MemberType;
import dev.tokencache.http.json.RequestDocument;
import dev.tokencache.token.Audience;
import dev.tokencache.token.Claims;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.Paging;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import static dev.tokencache.http.json.MemberType.AUDIENCE;
import static dev.tokencache.http.json.MemberType.CLAIMS;
import static dev.tokencache.http.json.MemberType.TEXT;
import static dev.tokencache.http.json.MemberType.TEXTS;
import static dev.tokencache.http.json.MemberType.WHOLE_NUMBER;

/** Reads the request bodies of the JSON API. Throws the same exceptions as {@link RequestDocument#read}. */
final class Requests {

    /** The maximum number of tokens in a batch. */
    static final int MAX_BATCH = 100;

    private static final Map<String, MemberType> CREATE = Map.of(
            "sub", TEXT,
            "expires_in", WHOLE_NUMBER,
            "max_lifetime", WHOLE_NUMBER,
            "idle_timeout", WHOLE_NUMBER,
            "scope", TEXT,
            "aud", AUDIENCE,
            "claims", CLAIMS,
            "token", TEXT);
    private static final Map<String, MemberType> VALIDATE = Map.of("token", TEXT, "tokens", TEXTS);
    private static final Map<String, MemberType> RENEW = Map.of("token", TEXT, "expires_in", WHOLE_NUMBER);
    private static final Map<String, MemberType> EXPIRE = Map.of("token", TEXT);
    private static final Map<String, MemberType> EXPIRE_SUBJECT = Map.of("before", WHOLE_NUMBER, "except", TEXT);

    private static final Pattern LIMIT = Pattern.compile("[0-9]{1,9}");

    private Requests() {}

    /** {@code POST /v1/tokens}. */
    static TokenRequest create(byte[] body) {
        RequestDocument document = RequestDocument.read(body, CREATE);
        String token = document.optional("token", String.class);
        return new TokenRequest(
                document.required("sub", String.class),
                document.number("expires_in"),
                document.number("max_lifetime"),
                document.number("idle_timeout"),
                document.optional("scope", String.class),
                document.optional("aud", Audience.class),
                document.optional("claims", Claims.class),
                token == null ? null : new TokenString(token));
    }

    /**
     * {@code POST /v1/tokens/validate}.
     *
     * @param tokens the tokens to validate
     * @param batch whether the request has {@code tokens}, even if only one
     */
    record Validation(List<TokenString> tokens, boolean batch) {}

    static Validation validate(byte[] body) {
        RequestDocument document = RequestDocument.read(body, VALIDATE);
        if (document.has("token") == document.has("tokens")) {
            throw new InvalidRequestException("token", "must be given unless tokens is, and not both");
        }
        if (document.has("token")) {
            BodyFilter.checkLength(body.length, Body.DEFAULT_LIMIT);
            return new Validation(List.of(token(document)), false);
        }
        List<?> tokens = document.required("tokens", List.class);
        if (tokens.isEmpty() || tokens.size() > MAX_BATCH) {
            throw new InvalidRequestException("tokens", "must have from 1 to " + MAX_BATCH + " entries");
        }
        return new Validation(
                tokens.stream().map(token -> new TokenString((String) token)).toList(), true);
    }

    /** {@code POST /v1/tokens/renew}. */
    record Renewal(TokenString token, OptionalLong expiresIn) {}

    static Renewal renew(byte[] body) {
        RequestDocument document = RequestDocument.read(body, RENEW);
        return new Renewal(token(document), document.number("expires_in"));
    }

    /** {@code POST /v1/tokens/expire}. */
    static TokenString expire(byte[] body) {
        return token(RequestDocument.read(body, EXPIRE));
    }

    /**
     * {@code POST /v1/subjects/{sub}/expire}.
     *
     * @param except the token to keep
     */
    record SubjectExpiry(OptionalLong before, Optional<TokenId> except) {}

    static SubjectExpiry expireSubject(byte[] body) {
        if (body.length == 0) {
            return new SubjectExpiry(OptionalLong.empty(), Optional.empty());
        }
        RequestDocument document = RequestDocument.read(body, EXPIRE_SUBJECT);
        return new SubjectExpiry(
                document.number("before"),
                Optional.ofNullable(document.optional("except", String.class)).map(jti -> TokenId.parse(jti)
                        .orElseThrow(() -> new InvalidRequestException("except", "must be a jti"))));
    }

    /**
     * {@code GET /v1/subjects/{sub}/tokens}.
     *
     * @param query the parameters: {@code limit} and {@code next}, if present. Others are ignored
     */
    static Paging list(Map<String, List<String>> query) {
        int limit = single(query, "limit").map(Requests::limit).orElse(Paging.MAX_LIMIT);
        return new Paging(limit, single(query, "next").map(text -> Paging.Position.parse(text)
                .orElseThrow(() ->
                        new InvalidRequestException("next", "must be the next of an earlier answer, unchanged"))));
    }

    private static int limit(String text) {
        // Out of range if it is not a number.
        return LIMIT.matcher(text).matches() ? Integer.parseInt(text) : 0;
    }

    private static Optional<String> single(Map<String, List<String>> query, String name) {
        List<String> values = query.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new InvalidRequestException(name, "must be given once");
        }
        return values.stream().findFirst();
    }

    private static TokenString token(RequestDocument document) {
        return new TokenString(document.required("token", String.class));
    }
}
