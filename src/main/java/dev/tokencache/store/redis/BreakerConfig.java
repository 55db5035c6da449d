package dev.tokencache.store.redis;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The circuit breakers of masters that do not reply. */
@ConfigMapping(prefix = "tokencache.breaker")
interface BreakerConfig {

    /** How long a breaker stays open before a call may probe. It closes earlier if the router reaches the master again. */
    @WithDefault("15s")
    Duration delay();
}
