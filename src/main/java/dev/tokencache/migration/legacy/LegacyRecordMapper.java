package dev.tokencache.migration.legacy;

import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds a token from the records of the old Redis. Pure. */
final class LegacyRecordMapper {

    private static final String CLIENT = "legacy";
    private static final long NO_TTL = -1;
    private static final long NO_KEY = -2;
    private static final long TOLERATED_MILLIS = 2000;

    private final LegacyFormat format;
    private final Duration defaultTtl;
    private final Duration maxTtl;

    /**
     * @param defaultTtl the lifetime that a renewal gives to a token without one of its own
     * @param maxTtl the maximum lifetime of a token
     */
    LegacyRecordMapper(LegacyFormat format, Duration defaultTtl, Duration maxTtl) {
        this.format = format;
        this.defaultTtl = defaultTtl;
        this.maxTtl = maxTtl;
    }

    Optional<LegacyRecord> contents(@Nullable Response reply) {
        return format.contents(reply);
    }

    /**
     * Builds the token, without checking expiries and not-before times.
     *
     * @param ttlMillis the reply to PTTL
     * @param nowMillis before the query, so that the expiry is never later than in the old store
     */
    Optional<Token> token(
            TokenHash hash,
            Optional<LegacyRecord> contents,
            long ttlMillis,
            Optional<SidecarRecord> sidecar,
            long nowMillis) {
        if (contents.isEmpty() || ttlMillis == NO_KEY) {
            return Optional.empty();
        }
        long end = nowMillis + (ttlMillis == NO_TTL ? maxTtl.toMillis() : ttlMillis);
        return Optional.of(sidecar.filter(SidecarRecord.Stored.class::isInstance)
                .map(SidecarRecord.Stored.class::cast)
                .map(SidecarRecord.Stored::token)
                .filter(stored -> stored.sub().equals(contents.get().sub()))
                .map(stored -> known(stored, contents.get(), end))
                .orElseGet(() -> unknown(hash, contents.get(), end, nowMillis)));
    }

    /**
     * Builds a token that was created or renewed here: from its sidecar record and the changes of other programs since.
     */
    private Token known(Token stored, LegacyRecord contents, long end) {
        boolean isUnchanged = format.asWritten(stored).map(contents::equals).orElse(false);
        Claims claims = isUnchanged ? stored.claims() : contents.claims();
        boolean isUnchangedExpiry =
                stored.idleTimeout() != 0 || Math.abs(end - stored.expiresAt() * 1000) <= TOLERATED_MILLIS;
        long expiresAt = isUnchangedExpiry ? stored.expiresAt() : Math.floorDiv(end, 1000L);
        long lastSeen = stored.idleTimeout() == 0
                ? stored.lastSeenMillis()
                : Math.max(stored.lastSeenMillis(), end - stored.idleTimeout() * 1000);
        return new Token(
                stored.id(),
                stored.sub(),
                stored.clientId(),
                stored.issuedAtMillis(),
                expiresAt,
                Math.max(stored.renewableUntil(), expiresAt),
                stored.lifetime(),
                stored.idleTimeout(),
                lastSeen,
                stored.scope(),
                stored.aud(),
                claims);
    }

    private Token unknown(TokenHash hash, LegacyRecord contents, long end, long nowMillis) {
        long issuedAt = contents.issuedAtMillis();
        long expiresAt = Math.floorDiv(end, 1000L);
        long firstSeen = Math.floorDiv(issuedAt == 0 ? nowMillis : issuedAt, 1000L);
        return new Token(
                new TokenId(RoutingTag.ofSubject(contents.sub()), hash),
                contents.sub(),
                CLIENT,
                issuedAt,
                expiresAt,
                Math.max(expiresAt, firstSeen + maxTtl.toSeconds()),
                defaultTtl.toSeconds(),
                0,
                issuedAt,
                null,
                null,
                contents.claims());
    }

    /** Whether the sidecar record shows that the token was expired. */
    static boolean isExpired(Token token, boolean isForeign, Optional<SidecarRecord> sidecar) {
        return sidecar.filter(SidecarRecord.Expired.class::isInstance)
                .map(SidecarRecord.Expired.class::cast)
                .filter(expired -> !isForeign || token.issuedAtMillis() <= expired.atMillis())
                .isPresent();
    }
}
