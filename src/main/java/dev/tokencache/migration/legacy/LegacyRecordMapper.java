package dev.tokencache.migration.legacy;

import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import java.time.Duration;
import java.util.Optional;

/** Builds a token from the records of the old Redis. Renewals add {@code defaultTtl} unless it has a lifetime. Pure. */
record LegacyRecordMapper(LegacyFormat format, Duration defaultTtl, Duration maxTtl) {

    private static final String CLIENT = "legacy";
    private static final long TOLERATED_MILLIS = 2000;

    /** An issue time that is further ahead is wrong: no revocation before it would end the token. */
    private static final long MAX_CLOCK_SKEW_MILLIS = 5000;

    /**
     * Builds the token, without checking expiries and not-before times. It expires with the record of the other
     * program, {@code ttlMillis} (the reply to PTTL) after a moment before the query, and at most the maximum lifetime
     * from now.
     */
    Optional<Token> token(
            TokenHash hash, LegacyContents contents, long ttlMillis, Optional<SidecarRecord> sidecar, long nowMillis) {
        if (!(contents instanceof LegacyRecord record) || ttlMillis == LegacyCommands.NO_KEY) {
            return Optional.empty();
        }
        long latestEnd = nowMillis + maxTtl.toMillis();
        long end =
                ttlMillis == LegacyCommands.NO_TTL || ttlMillis > maxTtl.toMillis() ? latestEnd : nowMillis + ttlMillis;
        // Rounded up: the old store deletes its record in time, and a token must not end before it.
        long expiresAt = Math.min(-Math.floorDiv(-end, 1000L), Math.floorDiv(latestEnd, 1000L));
        return Optional.of(sidecar.flatMap(SidecarRecord::stored)
                .map(SidecarRecord.Stored::token)
                .filter(stored -> stored.sub().equals(record.sub()))
                .map(stored -> known(stored, record, end, expiresAt))
                .orElseGet(() -> unknown(hash, record, expiresAt, nowMillis)));
    }

    /** Builds a token that was created or renewed here: its sidecar record, with later changes of other programs. */
    private Token known(Token stored, LegacyRecord contents, long end, long expiresAtOfRecord) {
        boolean isUnchanged = format.asWritten(stored).equals(contents);
        Claims claims = isUnchanged ? stored.claims() : contents.claims();
        boolean isUnchangedExpiry =
                stored.idleTimeout() != 0 || Math.abs(end - stored.expiresAt() * 1000) <= TOLERATED_MILLIS;
        long expiresAt = isUnchangedExpiry ? stored.expiresAt() : expiresAtOfRecord;
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

    private Token unknown(TokenHash hash, LegacyRecord contents, long expiresAt, long nowMillis) {
        boolean isPast = contents.issuedAtMillis() <= nowMillis + MAX_CLOCK_SKEW_MILLIS;
        long issuedAt = isPast ? contents.issuedAtMillis() : 0;
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
