package dev.tokencache.token;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for when it creates a token; {@link TokenPolicy} says what is allowed.
 *
 * @param sub whom the token shall speak for
 * @param expiresIn seconds until {@code exp}
 * @param maxLifetime seconds from the issue to the latest end that renewals can reach
 * @param idleTimeout seconds without a validation after which the token is inactive
 * @param scope {@code scope} (RFC 6749 section 3.3), or null
 * @param aud {@code aud}, or null
 * @param claims the caller's own claims, or null
 * @param token the caller's own token string, or null to have one made
 */
public record TokenRequest(
        String sub,
        OptionalLong expiresIn,
        OptionalLong maxLifetime,
        OptionalLong idleTimeout,
        @Nullable String scope,
        @Nullable Audience aud,
        @Nullable Claims claims,
        @Nullable TokenString token) {}
