package dev.tokencache.migration.legacy;

import dev.tokencache.redis.RouterConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the router to the old Redis is told: replicas are neither asked nor waited for. */
record LegacyRouterSettings(LegacyConfig config) implements RouterConfig {

    @Override
    public int minReplicas() {
        return 0;
    }

    @Override
    public Duration replicaTimeout() {
        return config.timeout();
    }

    @Override
    public Duration replicaReadAfter() {
        return Duration.ZERO;
    }

    @Override
    public Duration maxReplicaLag() {
        return config.timeout();
    }

    @Override
    public int maxCalls() {
        return config.maxCalls();
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
        return config.connectTimeout();
    }

    @Override
    public Optional<List<String>> addressMap() {
        return Optional.empty();
    }
}
