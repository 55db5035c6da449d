package dev.tokencache.testing;

import dev.tokencache.token.Audience;
import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenString;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A builder of token records for tests. Defaults: a lifetime of one hour, and a random hash of no actual string. */
public final class TokenDraft {

    private final String sub;
    private String nonce = Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    private TokenHash hash = randomHash();
    private long issuedAtMillis;
    private long lifetime = 3600;
    private long maxLifetime = 3600;
    private long idleTimeout;
    private @Nullable String scope;
    private @Nullable Audience aud;
    private @Nullable Claims claims;

    private TokenDraft(String sub, long issuedAtMillis) {
        this.sub = sub;
        this.issuedAtMillis = issuedAtMillis;
    }

    public static TokenDraft of(String sub, long issuedAtMillis) {
        return new TokenDraft(sub, issuedAtMillis);
    }

    public static TokenHash randomHash() {
        byte[] bytes = new byte[TokenHash.BYTES];
        ThreadLocalRandom.current().nextBytes(bytes);
        return TokenHash.ofBytes(bytes);
    }

    /** A hash that is the same in every run. */
    public static TokenHash hashOf(String name) {
        return new TokenString(name).hash();
    }

    /** Derives the hash and the nonce from a name, so they are the same in every run. */
    public TokenDraft named(String name) {
        hash = hashOf(name);
        nonce = name;
        return this;
    }

    public TokenDraft hash(TokenHash changed) {
        hash = changed;
        return this;
    }

    public TokenDraft issuedAtMillis(long changed) {
        issuedAtMillis = changed;
        return this;
    }

    /** Sets both the lifetime and the maximum lifetime, in seconds. */
    public TokenDraft lifetime(long seconds) {
        return lifetime(seconds, seconds);
    }

    public TokenDraft lifetime(long seconds, long maxSeconds) {
        lifetime = seconds;
        maxLifetime = maxSeconds;
        return this;
    }

    public TokenDraft idleTimeout(long seconds) {
        idleTimeout = seconds;
        return this;
    }

    public TokenDraft scope(@Nullable String changed) {
        scope = changed;
        return this;
    }

    public TokenDraft aud(@Nullable Audience changed) {
        aud = changed;
        return this;
    }

    /** Sets the claims, a minified JSON object. */
    public TokenDraft claims(String json) {
        claims = Claims.ofJson(json.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public Token token() {
        long issuedAt = Math.floorDiv(issuedAtMillis, 1000L);
        return new Token(
                new TokenId(RoutingTag.ofSubject(sub), hash),
                sub,
                "login",
                issuedAtMillis,
                issuedAt + lifetime,
                issuedAt + maxLifetime,
                lifetime,
                idleTimeout,
                issuedAtMillis,
                scope,
                aud,
                claims);
    }

    /** A token with one of the service's own strings. */
    public NewToken ours() {
        return new NewToken(token(), null);
    }

    /** A foreign token. */
    public NewToken foreign() {
        return new NewToken(token(), nonce);
    }
}
