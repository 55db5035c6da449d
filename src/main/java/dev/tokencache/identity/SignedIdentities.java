package dev.tokencache.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tokencache.token.Claims;
import dev.tokencache.token.Token;
import dev.tokencache.token.Verdict;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jspecify.annotations.Nullable;

/**
 * Signs who the subject of an active token is, and introspections (RFC 9701).
 *
 * <p>A signature is reused for up to half its lifetime, as long as its contents do not change: it takes longer than a
 * validation. The caller must have validated the token immediately before. Thread-safe; does not block.
 *
 * <p>Caffeine looks up the classes of a cache with a maximum weight by their names.
 */
@RegisterForReflection(
        classNames = {"com.github.benmanes.caffeine.cache.SSMW", "com.github.benmanes.caffeine.cache.PSMW"})
public final class SignedIdentities {

    /** The {@code typ} of a signed introspection, and the last part of its media type. */
    public static final String INTROSPECTION = "token-introspection+jwt";

    /** The maximum length of all cached signatures, in characters: some 100,000 of usual length. */
    private static final long MAX_CACHED = 64L << 20;

    private static final JsonFactory JSON = new JsonFactory();

    /** What a signature says, except its times. */
    private record Identity(
            String sub,
            long expiresAt,
            @Nullable String scope,
            @Nullable Claims claims,
            boolean areClaimsOmitted,
            boolean isStale) {}

    private record Introspection(String caller, String document) {}

    /** A cached signature, in the form that Netty copies into a response. */
    private record Signature(Object contents, CharSequence jwt, long signedAt, long reusableUntil) {
        boolean isReusable(Object wanted, long now) {
            return now >= signedAt && now < reusableUntil && contents.equals(wanted);
        }
    }

    /** Writes the claims that are not common to all. */
    private interface Body {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Empty if no key is configured. */
    public record Configured(Optional<SignedIdentities> identities) {}

    private final IdentitySettings settings;
    private final Clock clock;
    private final Cache<Object, Signature> signatures = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED)
            .weigher((Object key, Signature signature) -> signature.jwt().length())
            .executor(Runnable::run)
            .build();

    SignedIdentities(IdentitySettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** @throws IllegalArgumentException naming every missing or invalid property */
    public static Configured from(IdentityConfig config, Optional<String> issuer, Clock clock) {
        return new Configured(
                IdentitySettings.from(config, issuer).map(settings -> new SignedIdentities(settings, clock)));
    }

    /**
     * The identity of an active token's subject: a JSON Web Token (RFC 7519).
     *
     * @param withClaims whether the token's claims are included, if it has any; if not, {@code claims_omitted} says so
     */
    public CharSequence of(Verdict.Active active, boolean withClaims) {
        Token token = active.token();
        Claims claims = token.claims();
        Identity identity = new Identity(
                token.sub(),
                token.expiresAt(),
                token.scope(),
                withClaims ? claims : null,
                claims != null && !withClaims,
                active.isStale());
        long now = now();
        CharSequence reused = reused(token.id().hash(), identity, now);
        return reused == null ? signed(identity, token, now) : reused;
    }

    private CharSequence signed(Identity identity, Token token, long now) {
        long validity =
                token.idleTimeout() == 0 ? settings.lifetime() : Math.min(settings.lifetime(), token.idleTimeout());
        long exp = Math.min(now + validity, token.expiresAt());
        byte[] payload = payload(settings.audience(), now, json -> write(identity, token, exp, json));
        long reuse = (exp - now + 1) / 2;
        // After a restart, many tokens are signed at one moment: spreads the moments when they are signed again.
        long earlier = Math.floorMod(token.id().hashCode(), reuse / 4 + 1);
        return signed(token.id().hash(), identity, "JWT", payload, now, now + reuse - earlier);
    }

    private static void write(Identity identity, Token token, long exp, JsonGenerator json) throws IOException {
        json.writeNumberField("exp", exp);
        json.writeStringField("sub", identity.sub());
        json.writeStringField("jti", token.id().text());
        if (identity.scope() != null) {
            json.writeStringField("scope", identity.scope());
        }
        if (identity.claims() != null) {
            json.writeFieldName("claims");
            json.writeRawValue(identity.claims().toString());
        }
        if (identity.areClaimsOmitted()) {
            json.writeBooleanField("claims_omitted", true);
        }
        if (identity.isStale()) {
            json.writeBooleanField("stale", true);
        }
    }

    /**
     * A signed introspection (RFC 9701 section 5).
     *
     * @param caller its audience
     * @param document the response of RFC 7662 that it contains
     */
    public String ofIntrospection(String caller, byte[] document) {
        Introspection introspection = new Introspection(caller, new String(document, StandardCharsets.UTF_8));
        long now = now();
        CharSequence reused = reused(introspection, introspection, now);
        if (reused != null) {
            return reused.toString();
        }
        byte[] payload = payload(caller, now, json -> {
            json.writeFieldName("token_introspection");
            json.writeRawValue(introspection.document());
        });
        long reusableUntil = now + (settings.lifetime() + 1) / 2;
        return signed(introspection, introspection, INTROSPECTION, payload, now, reusableUntil)
                .toString();
    }

    private @Nullable CharSequence reused(Object key, Object contents, long now) {
        Signature cached = signatures.getIfPresent(key);
        return cached != null && cached.isReusable(contents, now) ? cached.jwt() : null;
    }

    private byte[] payload(String audience, long now, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("iss", settings.issuer());
            json.writeStringField("aud", audience);
            json.writeNumberField("iat", now);
            body.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private CharSequence signed(
            Object key, Object contents, String type, byte[] payload, long now, long reusableUntil) {
        CharSequence jwt = HttpHeaders.createOptimized(settings.active().sign(type, payload));
        signatures.put(key, new Signature(contents, jwt, now, reusableUntil));
        return jwt;
    }

    private long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }

    /** The public keys: a JSON Web Key Set (RFC 7517 section 5). */
    public String keySet() {
        return new JsonWebKeySet(settings.keys().stream()
                        .<JsonWebKey>map(SigningKey::publicJwk)
                        .toList())
                .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
    }

    /** The algorithms of all keys, as JSON Web Algorithms (RFC 7518 section 3.1). */
    public List<String> algorithms() {
        return settings.keys().stream().map(SigningKey::algorithm).distinct().toList();
    }
}
