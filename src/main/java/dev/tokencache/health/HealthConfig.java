package dev.tokencache.health;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

@ConfigMapping(prefix = "tokencache.health")
public interface HealthConfig {

    /** Whether the service is ready only while the Redis Cluster reports that it is ok. */
    @WithDefault("false")
    boolean readyNeedsRedis();
}
