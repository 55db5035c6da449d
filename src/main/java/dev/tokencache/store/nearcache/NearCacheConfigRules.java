package dev.tokencache.store.nearcache;

import dev.tokencache.redis.ConfigProblems;
import java.time.Duration;

final class NearCacheConfigRules {

    private static final Duration MAX_MAX_AGE = Duration.ofHours(1);
    private static final Duration MAX_STALE_IF_ERROR = Duration.ofDays(1);
    private static final int MAX_ENTRIES = 100_000_000;

    private NearCacheConfigRules() {}

    /** Throws as {@link ConfigProblems#report}. */
    static void check(NearCacheConfig config) {
        ConfigProblems problems = new ConfigProblems("tokencache.near-cache.");
        problems.addIf(isBeyond(config.maxAge(), MAX_MAX_AGE), "max-age must be from 0 to 1 hour");
        problems.addIf(isBeyond(config.staleIfError(), MAX_STALE_IF_ERROR), "stale-if-error must be from 0 to 1 day");
        problems.checkNumber("max-entries", config.maxEntries(), 1, MAX_ENTRIES);
        problems.report();
    }

    private static boolean isBeyond(Duration value, Duration max) {
        return value.isNegative() || value.compareTo(max) > 0;
    }
}
