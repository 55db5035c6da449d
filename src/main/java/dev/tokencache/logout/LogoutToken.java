package dev.tokencache.logout;

import org.jspecify.annotations.Nullable;

/**
 * A verified logout token.
 *
 * @param provider the id of the provider in the configuration
 * @param sid the session at the provider, or null for all sessions of the subject
 * @param expiresAt in seconds since the epoch
 */
public record LogoutToken(
        String provider, String jti, String sub, @Nullable String sid, long expiresAt) {}
