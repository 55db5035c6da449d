package dev.tokencache.http;

import dev.tokencache.token.Audience;
import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Records for tests. */
final class Samples {

    static final TokenId ID = new TokenId(RoutingTag.ofSubject("alice"), TokenHash.ofBytes(new byte[TokenHash.BYTES]));

    private Samples() {}

    static Token token(long idleTimeout, @Nullable String scope, @Nullable Audience aud, @Nullable String claims) {
        return new Token(
                ID,
                "alice",
                "login",
                1_000_999,
                2_000,
                3_000,
                1_000,
                idleTimeout,
                1_000_999,
                scope,
                aud,
                claims == null ? null : Claims.ofJson(claims.getBytes(StandardCharsets.UTF_8)));
    }
}
