package dev.tokencache.testing;

import dev.tokencache.migration.legacy.LegacyConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code tokencache.migration.legacy.*} for tests without Quarkus, with longer timeouts than the defaults. */
public record LegacySettings(
        List<String> someHosts,
        ClientType clientType,
        String keyPattern,
        String keyPrefix,
        Format format,
        Optional<String> subject,
        Optional<String> username,
        Optional<String> sentinelPassword)
        implements LegacyConfig {

    public static LegacySettings of(String host, Format format) {
        return new LegacySettings(
                List.of(host),
                ClientType.STANDALONE,
                "sess:{token}",
                "tc:",
                format,
                Optional.empty(),
                Optional.empty(),
                Optional.of(OldRedis.SENTINEL_PASSWORD));
    }

    public LegacySettings withClientType(ClientType type, List<String> hosts) {
        return new LegacySettings(hosts, type, keyPattern, keyPrefix, format, subject, username, sentinelPassword);
    }

    public LegacySettings withKeyPattern(String pattern) {
        return new LegacySettings(
                someHosts, clientType, pattern, keyPrefix, format, subject, username, sentinelPassword);
    }

    public LegacySettings withKeyPrefix(String prefix) {
        return new LegacySettings(
                someHosts, clientType, keyPattern, prefix, format, subject, username, sentinelPassword);
    }

    public LegacySettings withSubject(String place) {
        return new LegacySettings(
                someHosts, clientType, keyPattern, keyPrefix, format, Optional.of(place), username, sentinelPassword);
    }

    public LegacySettings withUser(String name) {
        return new LegacySettings(
                someHosts, clientType, keyPattern, keyPrefix, format, subject, Optional.of(name), sentinelPassword);
    }

    /** The sentinels have no password. */
    public LegacySettings withOpenSentinels() {
        return new LegacySettings(
                someHosts, clientType, keyPattern, keyPrefix, format, subject, username, Optional.empty());
    }

    @Override
    public Optional<List<String>> hosts() {
        return Optional.of(someHosts);
    }

    @Override
    public Optional<String> password() {
        return Optional.of(OldRedis.PASSWORD);
    }

    @Override
    public Optional<String> sealKey() {
        return Optional.empty();
    }

    @Override
    public String masterName() {
        return "mymaster";
    }

    @Override
    public Optional<String> tlsConfigurationName() {
        return Optional.empty();
    }

    @Override
    public Optional<String> issuedAt() {
        return Optional.empty();
    }

    @Override
    public String ownKeyPrefix() {
        return "tc-migration:";
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Duration commandTimeout() {
        return Duration.ofSeconds(1);
    }
}
