package dev.tokencache.warmup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the warm-up. */
@ConfigMapping(prefix = "tokencache.warm-up")
public interface WarmUpConfig {

    /** How long the warm-up may delay readiness. Zero: there is none. A native executable never has one. */
    @WithDefault("10s")
    Duration max();
}
