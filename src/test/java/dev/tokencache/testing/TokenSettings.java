package dev.tokencache.testing;

import dev.tokencache.token.TokenConfig;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** {@code tokencache.token.*} for tests without Quarkus. */
public record TokenSettings(
        Map<String, String> keys,
        Optional<String> activeKey,
        Duration defaultTtl,
        Duration maxTtl,
        int maxPerSubject,
        boolean foreign)
        implements TokenConfig {

    /** The id of the only key of {@link #usual}. */
    public static final String KEY = "2024-a";

    /** Settings with the default number of tokens per subject. */
    public TokenSettings(Map<String, String> keys, Optional<String> activeKey, Duration defaultTtl, Duration maxTtl) {
        this(keys, activeKey, defaultTtl, maxTtl, 1000, true);
    }

    /** One key and the default times: 8 hours, at most 30 days. */
    public static TokenSettings usual() {
        return new TokenSettings(Map.of(KEY, secret(0)), Optional.of(KEY), Duration.ofHours(8), Duration.ofDays(30));
    }

    /** The base64 of the 32 bytes that count up from {@code first}. */
    public static String secret(int first) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (first + i);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    public TokenSettings withKeys(Map<String, String> changed, String active) {
        return new TokenSettings(changed, Optional.of(active), defaultTtl, maxTtl, maxPerSubject, foreign);
    }

    public TokenSettings withTimes(Duration changedDefault, Duration changedMax) {
        return new TokenSettings(keys, activeKey, changedDefault, changedMax, maxPerSubject, foreign);
    }

    public TokenSettings withMaxPerSubject(int changed) {
        return new TokenSettings(keys, activeKey, defaultTtl, maxTtl, changed, foreign);
    }

    public TokenSettings withoutForeignTokens() {
        return new TokenSettings(keys, activeKey, defaultTtl, maxTtl, maxPerSubject, false);
    }
}
