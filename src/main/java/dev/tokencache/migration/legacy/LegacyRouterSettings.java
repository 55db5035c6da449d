package dev.tokencache.migration.legacy;

import dev.tokencache.redis.RouterConfig;
import java.time.Duration;

/** The settings of the router to the old Redis: it neither reads from replicas nor waits for them. */
record LegacyRouterSettings(LegacyConfig config) implements RouterConfig {

    /** How long the breaker of a node stays open before it lets a call probe the node. */
    static final Duration BREAKER_DELAY = Duration.ofSeconds(5);

    /** Calls beyond this number in flight fail immediately. */
    private static final int MAX_CALLS = 5000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

    @Override
    public int maxCalls() {
        return MAX_CALLS;
    }

    @Override
    public Duration timeout() {
        return config.timeout();
    }

    @Override
    public Duration commandTimeout() {
        return config.commandTimeout();
    }

    @Override
    public Duration connectTimeout() {
        return CONNECT_TIMEOUT;
    }
}
