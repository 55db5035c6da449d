package dev.tokencache.migration.legacy;

import dev.tokencache.token.Claims;
import org.jspecify.annotations.Nullable;

/**
 * What other programs' record of a token says.
 *
 * @param sub whom it speaks for
 * @param claims all the rest, or null if there is none, or more than claims may be
 * @param issuedAtMillis milliseconds since the epoch; 0 if the record does not say
 */
record LegacyRecord(String sub, @Nullable Claims claims, long issuedAtMillis) {

    private static final long MIN_MILLIS = 100_000_000_000L;

    static LegacyRecord of(String sub, byte[] claims, @Nullable String issuedAt) {
        boolean isNone = claims.length <= 2 || claims.length > Claims.MAX_BYTES;
        return new LegacyRecord(sub, isNone ? null : Claims.ofJson(claims), millis(issuedAt));
    }

    /** A number of that size is in milliseconds: as seconds it would be the year 5138. */
    private static long millis(@Nullable String issuedAt) {
        if (issuedAt == null) {
            return 0;
        }
        try {
            long number = (long) Double.parseDouble(issuedAt);
            return Math.max(0, number >= MIN_MILLIS ? number : number * 1000);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}
