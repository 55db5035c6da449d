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
        int minReplicas,
        Duration replicaTimeout,
        Duration replicaReadAfter,
        Duration maxReplicaLag,
        int maxCalls)
        implements RedisConfig {

    /** The defaults, with longer node timeouts because a test machine may be busy. */
    public static RedisSettings usual() {
        return new RedisSettings(
                "tc:",
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                0,
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofSeconds(10),
                20_000);
    }

    /** A copy that never reads from replicas. */
    public RedisSettings withoutReplicaReads() {
        return new RedisSettings(
                keyPrefix,
                timeout,
                commandTimeout,
                connectTimeout,
                minReplicas,
                replicaTimeout,
                Duration.ZERO,
                maxReplicaLag,
                maxCalls);
    }

    /** These settings with {@code WAIT} for replicas, and long timeouts. */
    public RedisSettings withMinReplicas(int replicas) {
        return new RedisSettings(
                keyPrefix,
                Duration.ofSeconds(15),
                commandTimeout,
                connectTimeout,
                replicas,
                Duration.ofSeconds(4),
                replicaReadAfter,
                maxReplicaLag,
                maxCalls);
    }

    public RedisSettings withMaxCalls(int calls) {
        return new RedisSettings(
                keyPrefix,
                timeout,
                commandTimeout,
                connectTimeout,
                minReplicas,
                replicaTimeout,
                replicaReadAfter,
                maxReplicaLag,
                calls);
    }

    /** Empty: on one machine, the addresses that nodes announce are correct. */
    @Override
    public Optional<List<String>> addressMap() {
        return Optional.empty();
    }
}
