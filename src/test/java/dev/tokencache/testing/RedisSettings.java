package dev.tokencache.testing;

import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import dev.tokencache.testing.cluster.TestNode;
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
        int maxCalls,
        Optional<List<String>> addressMap)
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
                Duration.ZERO,
                20_000,
                Optional.empty());
    }

    /** The defaults of the service, with {@code WAIT} for one replica. For tests on virtual time. */
    public static RedisSettings defaults() {
        return new RedisSettings(
                "tc:",
                Duration.ofSeconds(2),
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                1,
                Duration.ofMillis(500),
                Duration.ofMillis(300),
                Duration.ZERO,
                20_000,
                Optional.empty());
    }

    /** A copy that trusts the replica of a silent master for this long, whatever the cluster reports. */
    public RedisSettings withMaxReplicaLag(Duration lag) {
        return new RedisSettings(
                keyPrefix,
                timeout,
                commandTimeout,
                connectTimeout,
                minReplicas,
                replicaTimeout,
                replicaReadAfter,
                lag,
                maxCalls,
                addressMap);
    }

    /** A copy that translates announced addresses. By default they are correct: nodes and tests share a machine. */
    public RedisSettings withAddressMap(List<String> addresses) {
        return new RedisSettings(
                keyPrefix,
                timeout,
                commandTimeout,
                connectTimeout,
                minReplicas,
                replicaTimeout,
                replicaReadAfter,
                maxReplicaLag,
                maxCalls,
                Optional.of(addresses));
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
                maxCalls,
                addressMap);
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
                maxCalls,
                addressMap);
    }

    /** A copy whose calls may take this long. */
    public RedisSettings withTimeout(Duration changed) {
        return new RedisSettings(
                keyPrefix,
                changed,
                commandTimeout,
                connectTimeout,
                minReplicas,
                replicaTimeout,
                replicaReadAfter,
                maxReplicaLag,
                maxCalls,
                addressMap);
    }

    /** A copy whose nodes may take this long to reply. */
    public RedisSettings withCommandTimeout(Duration changed) {
        return new RedisSettings(
                keyPrefix,
                timeout,
                changed,
                connectTimeout,
                minReplicas,
                replicaTimeout,
                replicaReadAfter,
                maxReplicaLag,
                maxCalls,
                addressMap);
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
                calls,
                addressMap);
    }

    /** A copy that uses a proxy instead of a node. */
    public RedisSettings through(TcpFaultProxy proxy, TestNode node) {
        return withAddressMap(List.of("127.0.0.1:" + node.port() + "=127.0.0.1:" + proxy.port()));
    }
}
