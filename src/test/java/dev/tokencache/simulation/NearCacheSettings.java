package dev.tokencache.simulation;

import dev.tokencache.store.nearcache.NearCacheConfig;
import java.time.Duration;

/** {@code tokencache.near-cache.*} of one instance. */
record NearCacheSettings(Duration maxAge, Duration staleIfError, boolean publish) implements NearCacheConfig {

    /** The defaults of the service: no near cache, but revocations are published for those of others. */
    static final NearCacheSettings OFF = new NearCacheSettings(Duration.ZERO, Duration.ZERO, true);

    @Override
    public int maxEntries() {
        return 100_000;
    }
}
