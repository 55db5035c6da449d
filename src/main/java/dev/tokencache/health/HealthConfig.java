package dev.tokencache.health;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What the probes make of what they see. */
@ConfigMapping(prefix = "tokencache.health")
public interface HealthConfig {

    /** Whether the service is ready only while Redis says that it is in order. */
    @WithDefault("false")
    boolean readyNeedsRedis();
}
