package dev.tokencache.token;

import org.jspecify.annotations.Nullable;

/**
 * The record of a token: all that is known of it, except the token string.
 *
 * <p>Times are on the service's clock. "Seconds" are NumericDates (RFC 7519 section 2), seconds since the epoch.
 *
 * @param id names the record
 * @param sub whom the token speaks for
 * @param clientId the caller that created it
 * @param issuedAtMillis when it was issued, milliseconds since the epoch: what a subject's mark is compared with
 * @param expiresAt {@code exp}: the absolute end, in seconds
 * @param renewableUntil how far renewals can ever move {@code exp}, in seconds
 * @param lifetime what a renewal that names none adds, in seconds
 * @param idleTimeout seconds without a validation after which the token is inactive; 0 for none
 * @param lastSeenMillis the last validation that was written down, or the issue; milliseconds since the epoch
 * @param scope {@code scope} of RFC 7662, or null
 * @param aud {@code aud} of RFC 7662, or null
 * @param claims the caller's own claims, or null
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

    /** A touch is written at most once in this part of the idle timeout. */
    private static final int TOUCHES_PER_TIMEOUT = 10;

    private static final long MIN_TOUCH_MILLIS = 1000;

    /** {@code iat}: when the token was issued, in seconds. */
    public long issuedAt() {
        return Math.floorDiv(issuedAtMillis, 1000L);
    }

    /** The moment, in milliseconds since the epoch, from which the token is inactive if nothing else happens to it. */
    public long endMillis() {
        long absolute = Math.multiplyExact(expiresAt, 1000L);
        return idleTimeout == 0 ? absolute : Math.min(absolute, lastSeenMillis + idleTimeout * 1000L);
    }

    /**
     * Whether the token is good.
     *
     * @param nowMillis the present, milliseconds since the epoch
     * @param notBeforeMillis the subject's mark, {@link #NO_NOT_BEFORE} for none: what was issued up to it is inactive
     */
    public boolean isActive(long nowMillis, long notBeforeMillis) {
        return issuedAtMillis > notBeforeMillis && nowMillis < endMillis();
    }

    /** Stands for "this subject has no mark". */
    public static final long NO_NOT_BEFORE = -1;

    /** Whether a validation now has to be written down for the idle timeout. */
    public boolean isTouchDue(long nowMillis) {
        return idleTimeout != 0
                && nowMillis - lastSeenMillis >= Math.max(MIN_TOUCH_MILLIS, idleTimeout * 1000L / TOUCHES_PER_TIMEOUT);
    }

    /** This token, validated now. */
    public Token touched(long nowMillis) {
        return with(expiresAt, seen(nowMillis));
    }

    /** This token with a new end. A renewal is a sign of life, so the idle timeout starts anew. */
    public Token renewed(long newExpiresAt, long nowMillis) {
        if (newExpiresAt > renewableUntil) {
            throw new IllegalArgumentException("a renewal can not pass the latest end");
        }
        return with(newExpiresAt, seen(nowMillis));
    }

    /** Nobody asks for the last validation of a token that has no idle timeout. */
    private long seen(long nowMillis) {
        return idleTimeout == 0 ? lastSeenMillis : Math.max(lastSeenMillis, nowMillis);
    }

    /** Whether another record is of the same creation as this one, whatever renewals and validations made of it since. */
    public boolean isSameIssue(Token other) {
        return other.with(expiresAt, lastSeenMillis).equals(this);
    }

    private Token with(long newExpiresAt, long newLastSeenMillis) {
        return new Token(
                id,
                sub,
                clientId,
                issuedAtMillis,
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
