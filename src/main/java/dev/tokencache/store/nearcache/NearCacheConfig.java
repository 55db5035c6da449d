package dev.tokencache.store.nearcache;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long verdicts are cached in memory, and how many. */
@ConfigMapping(prefix = "tokencache.near-cache")
public interface NearCacheConfig {

    /**
     * The maximum age of a cached verdict: in the worst case, a revocation made by another instance takes this long to have
     * an effect. Normally it is pushed within milliseconds. Zero: each validation reads the store.
     */
    @WithDefault("0s")
    Duration maxAge();

    /** The maximum number of cached active verdicts. For inactive ones, it is a tenth of this. */
    @WithDefault("100000")
    int maxEntries();

    /** How long after its lookup an active verdict may be returned as stale in an outage. Zero: never. */
    @WithDefault("0s")
    Duration staleIfError();

    /** Whether revocations are published to other instances; needed as long as one of them has a near cache. */
    @WithDefault("true")
    boolean publish();

    /** Whether this instance has a near cache. */
    default boolean isOn() {
        return !maxAge().isZero() || !staleIfError().isZero();
    }
}
