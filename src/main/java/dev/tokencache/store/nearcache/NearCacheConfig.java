package dev.tokencache.store.nearcache;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long verdicts are kept in memory, and how many. */
@ConfigMapping(prefix = "tokencache.near-cache")
public interface NearCacheConfig {

    /**
     * The longest that a revocation made elsewhere could go unnoticed in the worst case; normally it is pushed in
     * milliseconds. Zero: each validation asks the store.
     */
    @WithDefault("0s")
    Duration maxAge();

    /** How long it is kept that a token is inactive; never longer than {@link #maxAge}. */
    @WithDefault("1s")
    Duration negativeMaxAge();

    /** The most active verdicts that are kept; of inactive ones, which cost next to nothing, a tenth of it. */
    @WithDefault("100000")
    int maxEntries();

    /**
     * How long after its last confirmation an active verdict may still answer, marked as stale, while the verdict would
     * be unknown. Zero: never.
     */
    @WithDefault("0s")
    Duration staleIfError();

    /**
     * How long a node may owe a sign of life before it is taken for possible that revocations are late. It is asked for
     * one four times as often.
     */
    @WithDefault("1s")
    Duration maxSilence();

    /** Whether revocations are told to other processes; needed as long as one of them keeps verdicts. */
    @WithDefault("true")
    boolean publish();

    /** Whether this process keeps verdicts. */
    default boolean isOn() {
        return !maxAge().isZero() || !staleIfError().isZero();
    }
}
