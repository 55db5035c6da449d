package dev.tokencache.store.nearcache;

import java.time.Duration;

/** Settings of the near cache, changed by a test. */
record Settings(Duration maxAge, int maxEntries, Duration staleIfError, boolean publish) implements NearCacheConfig {

    static Settings usual() {
        return new Settings(Duration.ofSeconds(10), 1000, Duration.ZERO, true);
    }

    Settings maxAge(Duration changed) {
        return new Settings(changed, maxEntries, staleIfError, publish);
    }

    Settings maxEntries(int changed) {
        return new Settings(maxAge, changed, staleIfError, publish);
    }

    Settings staleIfError(Duration changed) {
        return new Settings(maxAge, maxEntries, changed, publish);
    }
}
