package dev.tokencache.store.redis;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** When calls stop to ask a master that gives no answers. */
@ConfigMapping(prefix = "tokencache.breaker")
interface BreakerConfig {

    /** How long a breaker stays open before it lets a call probe; it closes sooner when the router sees the master again. */
    @WithDefault("15s")
    Duration delay();
}
