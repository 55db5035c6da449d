package dev.tokencache.store.nearcache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class NearCacheConfigRules {

    private static final String PREFIX = "tokencache.near-cache.";
    private static final Duration MAX_MAX_AGE = Duration.ofHours(1);
    private static final Duration MAX_STALE_IF_ERROR = Duration.ofDays(1);
    private static final int MAX_ENTRIES = 100_000_000;

    private NearCacheConfigRules() {}

    /** @throws IllegalArgumentException naming every invalid property */
    static void check(NearCacheConfig config) {
        List<String> problems = new ArrayList<>();
        if (!isWithin(config.maxAge(), MAX_MAX_AGE)) {
            problems.add(PREFIX + "max-age must be from 0 to 1 hour");
        }
        if (!isWithin(config.staleIfError(), MAX_STALE_IF_ERROR)) {
            problems.add(PREFIX + "stale-if-error must be from 0 to 1 day");
        }
        if (config.maxEntries() < 1 || config.maxEntries() > MAX_ENTRIES) {
            problems.add(PREFIX + "max-entries must be from 1 to " + MAX_ENTRIES);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static boolean isWithin(Duration value, Duration max) {
        return !value.isNegative() && value.compareTo(max) <= 0;
    }
}
