package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/**
 * The record of a token: everything that is stored about it. The token string is not. Its values follow {@link TokenRules}, so
 * every response can contain them.
 *
 * <p>Times come from the service's clock. Seconds are NumericDates (RFC 7519 section 2), seconds since the epoch;
 * milliseconds are since the epoch, too.
 *
 * @param id the token's {@code jti}
 * @param clientId the caller that created it
 * @param issuedAtMillis the time of issue, which is compared with the subject's not-before time
 * @param expiresAt {@code exp}, in seconds
 * @param renewableUntil the maximum expiry, in seconds: renewals cannot move {@code exp} beyond it
 * @param lifetime the seconds that a renewal without {@code expires_in} adds
 * @param idleTimeout seconds without a validation after which the token is inactive; 0 for none
 * @param lastSeenMillis the last recorded validation, or the time of issue
 */
public record Token(
        TokenId id,
        String sub,
        String clientId,
        long issuedAtMillis,
        long expiresAt,
        long renewableUntil,
        long lifetime,
        long idleTimeout,
        long lastSeenMillis,
        @Nullable String scope,
        @Nullable Audience aud,
        @Nullable Claims claims) {

    /** The not-before time of a subject that has none. */
    public static final long NOT_BEFORE_UNSET = -1;

    /** A touch is written at most this many times per idle timeout. */
    private static final int TOUCHES_PER_TIMEOUT = 10;

    private static final long MIN_TOUCH_MILLIS = 1000;
    private static final long DAY_MILLIS = 86_400_000;

    /** The maximum time that a record can hold, in milliseconds since the epoch: six bytes. */
    private static final long MAX_MILLIS = (1L << 48) - 1;

    /** @throws IllegalArgumentException naming the field, if a value is one that no token can have */
    public Token {
        check("sub", TokenRules.violationOfSubject(sub));
        check("client_id", TokenRules.violationOfClientId(clientId));
        check("scope", TokenRules.violationOfScope(scope));
        check("aud", TokenRules.violationOfAudience(aud));
        boolean areTimes = isWithin(issuedAtMillis, MAX_MILLIS)
                && isWithin(lastSeenMillis, MAX_MILLIS)
                && isWithin(expiresAt, MAX_MILLIS / 1000)
                && isWithin(renewableUntil, MAX_MILLIS / 1000)
                && isWithin(lifetime, MAX_MILLIS / 1000)
                && isWithin(idleTimeout, MAX_MILLIS / 1000);
        check("exp", areTimes ? null : "and all other times must be possible");
    }

    private static void check(String field, @Nullable String violation) {
        if (violation != null) {
            throw new IllegalArgumentException(field + " " + violation);
        }
    }

    private static boolean isWithin(long value, long max) {
        return value >= 0 && value <= max;
    }

    /** {@code iat}: the time of issue, in seconds. */
    public long issuedAt() {
        return Math.floorDiv(issuedAtMillis, 1000L);
    }

    /** When the token expires, by {@code exp} or by its idle timeout, in milliseconds since the epoch. */
    public long endMillis() {
        long absolute = expiresAt * 1000L;
        return idleTimeout == 0 ? absolute : Math.min(absolute, lastSeenMillis + idleTimeout * 1000L);
    }

    /** Whether the token is active: a not-before time other than {@link #NOT_BEFORE_UNSET} ends tokens up to it. */
    public boolean isActive(long nowMillis, long notBeforeMillis) {
        return issuedAtMillis > notBeforeMillis && nowMillis < endMillis();
    }

    /** Whether nothing but its idle timeout has ended the token. */
    public boolean isOnlyIdle(long nowMillis, long notBeforeMillis) {
        return idleTimeout != 0
                && issuedAtMillis > notBeforeMillis
                && nowMillis >= endMillis()
                && nowMillis < expiresAt * 1000L;
    }

    /** Whether a validation at this time must be recorded for the idle timeout. */
    public boolean isTouchDue(long nowMillis) {
        return idleTimeout != 0 && nowMillis - lastSeenMillis >= touchIntervalMillis();
    }

    /** The minimum time between two recorded validations, in milliseconds. */
    public long touchIntervalMillis() {
        return Math.max(MIN_TOUCH_MILLIS, idleTimeout * 1000L / TOUCHES_PER_TIMEOUT);
    }

    public Token touched(long nowMillis) {
        return with(issuedAtMillis, expiresAt, seen(nowMillis));
    }

    /** Returns this token with a new expiry. A renewal also restarts the idle timeout. */
    public Token renewed(long newExpiresAt, long nowMillis) {
        if (newExpiresAt > renewableUntil) {
            throw new IllegalArgumentException("a renewal cannot pass the maximum expiry");
        }
        return with(issuedAtMillis, newExpiresAt, seen(nowMillis));
    }

    /**
     * The latest time of issue that a stored record can have: no instance's clock is that far ahead. A later one was forged, or
     * is garbage. It is the same for a day.
     */
    public static long latestIssueMillis(long nowMillis) {
        return (nowMillis / DAY_MILLIS + 2) * DAY_MILLIS;
    }

    /** Returns this token issued after a not-before time, with its expiries; it counts as validated at its issue. */
    public Token issuedAfter(long notBeforeMillis) {
        long issued = Math.max(issuedAtMillis, notBeforeMillis + 1);
        return with(issued, expiresAt, Math.max(lastSeenMillis, issued));
    }

    /** Tokens without an idle timeout do not record validations. */
    private long seen(long nowMillis) {
        return idleTimeout == 0 ? lastSeenMillis : Math.max(lastSeenMillis, nowMillis);
    }

    /** Whether both records come from the same creation: renewals and validations are ignored. */
    public boolean isSameIssue(Token other) {
        return other.with(other.issuedAtMillis, expiresAt, lastSeenMillis).equals(this);
    }

    private Token with(long newIssuedAtMillis, long newExpiresAt, long newLastSeenMillis) {
        return new Token(
                id,
                sub,
                clientId,
                newIssuedAtMillis,
                newExpiresAt,
                renewableUntil,
                lifetime,
                idleTimeout,
                newLastSeenMillis,
                scope,
                aud,
                claims);
    }
}
