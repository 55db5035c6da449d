package dev.tokencache.token;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to create a token. {@link TokenPolicy} validates it.
 *
 * @param expiresIn seconds until {@code exp}
 * @param maxLifetime seconds from the issue to the maximum expiry
 * @param idleTimeout seconds without a validation after which the token is inactive
 * @param scope {@code scope} (RFC 6749 section 3.3), or null
 * @param token the caller's own token string, or null to create one
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
