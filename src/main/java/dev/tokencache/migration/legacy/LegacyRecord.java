package dev.tokencache.migration.legacy;

import dev.tokencache.migration.Refusal;
import dev.tokencache.token.Claims;
import dev.tokencache.token.TokenRules;
import org.jspecify.annotations.Nullable;

/**
 * The contents of another program's record: its subject, all other fields (null for none, or more than claims can be),
 * and the issue time in milliseconds since the epoch, 0 if unknown.
 */
record LegacyRecord(String sub, @Nullable Claims claims, long issuedAtMillis) implements LegacyContents {

    private static final long MIN_MILLIS = 100_000_000_000L;

    static LegacyContents of(@Nullable String sub, JsonObject claims, @Nullable String issuedAt) {
        if (sub == null || sub.isEmpty()) {
            return LegacyContents.refused(Refusal.NO_SUBJECT);
        }
        if (TokenRules.violationOfSubject(sub) != null) {
            return LegacyContents.refused(Refusal.BAD_SUBJECT);
        }
        byte[] json = claims.bytes();
        boolean isNone = json.length <= 2 || json.length > Claims.MAX_BYTES;
        return new LegacyRecord(sub, isNone ? null : Claims.ofJson(json), millis(issuedAt));
    }

    /** Larger numbers are milliseconds: as seconds they would lie after the year 5138. */
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
