package dev.tokencache.store.nearcache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the settings of {@link NearCacheConfig} may be. Pure. */
final class NearCacheConfigRules {

    private static final String PREFIX = "tokencache.near-cache.";
    private static final Duration LONGEST_AGE = Duration.ofHours(1);
    private static final Duration LONGEST_STALE = Duration.ofDays(1);
    private static final Duration MIN_SILENCE = Duration.ofMillis(100);
    private static final Duration MAX_SILENCE = Duration.ofMinutes(1);
    private static final int MAX_ENTRIES = 100_000_000;

    private NearCacheConfigRules() {}

    /** @throws IllegalArgumentException naming every property that makes no sense */
    static void check(NearCacheConfig config) {
        List<String> problems = new ArrayList<>();
        if (!isWithin(config.maxAge(), Duration.ZERO, LONGEST_AGE)) {
            problems.add(PREFIX + "max-age must be from 0 to 1 hour");
        }
        if (!isWithin(config.negativeMaxAge(), Duration.ZERO, LONGEST_AGE)) {
            problems.add(PREFIX + "negative-max-age must be from 0 to 1 hour");
        }
        if (!isWithin(config.staleIfError(), Duration.ZERO, LONGEST_STALE)) {
            problems.add(PREFIX + "stale-if-error must be from 0 to 1 day");
        }
        if (!isWithin(config.maxSilence(), MIN_SILENCE, MAX_SILENCE)) {
            problems.add(PREFIX + "max-silence must be from 100 milliseconds to 1 minute");
        }
        if (config.maxEntries() < 1 || config.maxEntries() > MAX_ENTRIES) {
            problems.add(PREFIX + "max-entries must be from 1 to " + MAX_ENTRIES);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static boolean isWithin(Duration value, Duration least, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }
}
