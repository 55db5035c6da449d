package dev.tokencache.store.nearcache;

import java.time.Duration;

/** Settings of the near cache as a test has them. */
record Settings(
        Duration maxAge,
        Duration negativeMaxAge,
        int maxEntries,
        Duration staleIfError,
        Duration maxSilence,
        boolean publish)
        implements NearCacheConfig {

    static Settings usual() {
        return new Settings(
                Duration.ofSeconds(10), Duration.ofSeconds(1), 1000, Duration.ZERO, Duration.ofSeconds(1), true);
    }

    Settings maxAge(Duration changed) {
        return new Settings(changed, negativeMaxAge, maxEntries, staleIfError, maxSilence, publish);
    }

    Settings negativeMaxAge(Duration changed) {
        return new Settings(maxAge, changed, maxEntries, staleIfError, maxSilence, publish);
    }

    Settings maxEntries(int changed) {
        return new Settings(maxAge, negativeMaxAge, changed, staleIfError, maxSilence, publish);
    }

    Settings staleIfError(Duration changed) {
        return new Settings(maxAge, negativeMaxAge, maxEntries, changed, maxSilence, publish);
    }

    Settings maxSilence(Duration changed) {
        return new Settings(maxAge, negativeMaxAge, maxEntries, staleIfError, changed, publish);
    }
}
