package dev.tokencache.testing;

import dev.tokencache.store.redis.RedisConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code tokencache.redis.*} for tests without Quarkus. */
public record RedisSettings(
        String keyPrefix,
        Duration timeout,
        Duration commandTimeout,
        Duration connectTimeout,
        Duration refreshInterval,
        int maxInFlight)
        implements RedisConfig {

    /** The defaults, but more patient with a node: a test machine may be busy with something else. */
    public static RedisSettings usual() {
        return new RedisSettings(
                "tc:",
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                4096);
    }

    public RedisSettings withKeyPrefix(String prefix) {
        return new RedisSettings(prefix, timeout, commandTimeout, connectTimeout, refreshInterval, maxInFlight);
    }

    public RedisSettings withCommandTimeout(Duration deadline) {
        return new RedisSettings(keyPrefix, timeout, deadline, connectTimeout, refreshInterval, maxInFlight);
    }

    /** None: on one machine every node is where it says. */
    @Override
    public Optional<List<String>> addressMap() {
        return Optional.empty();
    }
}
