package dev.tokencache.simulation;

import dev.tokencache.migration.legacy.LegacyConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A simulated old store of a migration, and the configuration that leads a service to it. */
record OldStore(SimulatedCluster cluster, ClientType clientType, Format format, boolean hasIssueTimes)
        implements LegacyConfig {

    private static final String SUBNET = "10.1.0.";

    /** A single server of other programs, with a replica that no one promotes. */
    static OldStore standalone(World world, SimulatedNetwork network, boolean hasIssueTimes) {
        return new OldStore(
                new SimulatedCluster(world, network, SUBNET, 1, 1), ClientType.STANDALONE, Format.JSON, hasIssueTimes);
    }

    /** A cluster of other programs. */
    static OldStore cluster(World world, SimulatedNetwork network, boolean hasIssueTimes) {
        return new OldStore(
                new SimulatedCluster(world, network, SUBNET, 3, 1), ClientType.CLUSTER, Format.JSON, hasIssueTimes);
    }

    /** The cluster of another token-cache. */
    static OldStore ofTokenCache(World world, SimulatedNetwork network) {
        return new OldStore(
                new SimulatedCluster(world, network, SUBNET, 3, 1), ClientType.CLUSTER, Format.TOKEN_CACHE, true);
    }

    boolean isOfTokenCache() {
        return format == Format.TOKEN_CACHE;
    }

    boolean isCluster() {
        return clientType == ClientType.CLUSTER;
    }

    List<String> urls() {
        return cluster.nodes().stream()
                .limit(isCluster() ? Long.MAX_VALUE : 1)
                .map(node -> "redis://" + node.endpoint())
                .toList();
    }

    @Override
    public Optional<List<String>> hosts() {
        return Optional.of(urls());
    }

    @Override
    public Optional<String> username() {
        return Optional.empty();
    }

    @Override
    public Optional<String> password() {
        return Optional.empty();
    }

    @Override
    public String masterName() {
        return "mymaster";
    }

    @Override
    public Optional<String> sentinelPassword() {
        return Optional.empty();
    }

    @Override
    public Optional<String> tlsConfigurationName() {
        return Optional.empty();
    }

    @Override
    public String keyPattern() {
        return DEFAULT_KEY_PATTERN;
    }

    @Override
    public String keyPrefix() {
        return "tc:";
    }

    @Override
    public Optional<String> subject() {
        return Optional.empty();
    }

    @Override
    public Optional<String> sealKey() {
        return Optional.empty();
    }

    @Override
    public Optional<String> issuedAt() {
        return hasIssueTimes && !isOfTokenCache() ? Optional.of("/iat") : Optional.empty();
    }

    @Override
    public String ownKeyPrefix() {
        return "tc-migration:";
    }

    @Override
    public Duration timeout() {
        return Duration.ofMillis(500);
    }

    @Override
    public Duration commandTimeout() {
        return Duration.ofMillis(300);
    }
}
