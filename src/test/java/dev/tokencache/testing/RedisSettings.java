package dev.tokencache.testing;

import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.testing.cluster.TcpFaultProxy;
import dev.tokencache.testing.cluster.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code tokencache.redis.*} for tests without Quarkus. Each change returns a copy. */
public final class RedisSettings implements RedisConfig {

    private Duration timeout = Duration.ofSeconds(5);
    private Duration commandTimeout = Duration.ofSeconds(1);
    private int minReplicas;
    private Duration replicaTimeout = Duration.ofSeconds(1);
    private Duration replicaReadAfter = Duration.ofMillis(300);
    private Duration maxReplicaLag = Duration.ZERO;
    private int maxCalls = 20_000;
    private Optional<List<String>> addressMap = Optional.empty();

    private RedisSettings() {}

    /** The defaults, with longer node timeouts because a test machine may be busy. */
    public static RedisSettings usual() {
        return new RedisSettings();
    }

    /** The defaults of the service, with {@code WAIT} for one replica. For tests on virtual time. */
    public static RedisSettings defaults() {
        return usual().with(copy -> {
            copy.timeout = Duration.ofSeconds(2);
            copy.commandTimeout = Duration.ofMillis(300);
            copy.minReplicas = 1;
            copy.replicaTimeout = Duration.ofMillis(500);
        });
    }

    private RedisSettings with(Consumer<RedisSettings> change) {
        RedisSettings copy = new RedisSettings();
        copy.timeout = timeout;
        copy.commandTimeout = commandTimeout;
        copy.minReplicas = minReplicas;
        copy.replicaTimeout = replicaTimeout;
        copy.replicaReadAfter = replicaReadAfter;
        copy.maxReplicaLag = maxReplicaLag;
        copy.maxCalls = maxCalls;
        copy.addressMap = addressMap;
        change.accept(copy);
        return copy;
    }

    /** A copy that trusts the replica of a silent master for this long, whatever the cluster reports. */
    public RedisSettings withMaxReplicaLag(Duration lag) {
        return with(copy -> copy.maxReplicaLag = lag);
    }

    /** A copy that translates announced addresses. By default they are correct: nodes and tests share a machine. */
    public RedisSettings withAddressMap(List<String> addresses) {
        return with(copy -> copy.addressMap = Optional.of(addresses));
    }

    /** A copy that never reads from replicas. */
    public RedisSettings withoutReplicaReads() {
        return with(copy -> copy.replicaReadAfter = Duration.ZERO);
    }

    /** A copy without {@code WAIT}. */
    public RedisSettings withoutReplicas() {
        return with(copy -> copy.minReplicas = 0);
    }

    /** These settings with {@code WAIT} for replicas, and long timeouts. */
    public RedisSettings withMinReplicas(int replicas) {
        return with(copy -> {
            copy.timeout = Duration.ofSeconds(15);
            copy.minReplicas = replicas;
            copy.replicaTimeout = Duration.ofSeconds(4);
        });
    }

    /** A copy whose calls may take this long. */
    public RedisSettings withTimeout(Duration changed) {
        return with(copy -> copy.timeout = changed);
    }

    /** A copy whose nodes may take this long to reply. */
    public RedisSettings withCommandTimeout(Duration changed) {
        return with(copy -> copy.commandTimeout = changed);
    }

    public RedisSettings withMaxCalls(int calls) {
        return with(copy -> copy.maxCalls = calls);
    }

    /** A copy that uses a proxy instead of a node. */
    public RedisSettings through(TcpFaultProxy proxy, TestNode node) {
        return withAddressMap(List.of("127.0.0.1:" + node.port() + "=127.0.0.1:" + proxy.port()));
    }

    @Override
    public String keyPrefix() {
        return "tc:";
    }

    @Override
    public Optional<Path> passwordFile() {
        return Optional.empty();
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public Duration commandTimeout() {
        return commandTimeout;
    }

    @Override
    public Duration connectTimeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    public int minReplicas() {
        return minReplicas;
    }

    @Override
    public Duration replicaTimeout() {
        return replicaTimeout;
    }

    @Override
    public Duration replicaReadAfter() {
        return replicaReadAfter;
    }

    @Override
    public Duration maxReplicaLag() {
        return maxReplicaLag;
    }

    @Override
    public int maxCalls() {
        return maxCalls;
    }

    @Override
    public Optional<List<String>> addressMap() {
        return addressMap;
    }
}
