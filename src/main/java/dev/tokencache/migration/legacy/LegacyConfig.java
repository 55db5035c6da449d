package dev.tokencache.migration.legacy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where the old Redis is, and how other programs keep sessions in it. Without hosts there is no migration. */
@ConfigMapping(prefix = "tokencache.migration.legacy")
public interface LegacyConfig {

    /** {@code redis://host:port}, or {@code rediss://} for TLS; the sentinels, where there are any. */
    Optional<List<String>> hosts();

    Optional<String> password();

    /** What the hosts are. */
    @WithDefault("standalone")
    ClientType clientType();

    enum ClientType {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    /** How the sentinels call the master. */
    @WithDefault("mymaster")
    String masterName();

    /** The password of the sentinels, if they have one. */
    Optional<String> sentinelPassword();

    /** The {@code quarkus.tls.<name>} that {@code rediss://} takes its certificates from. */
    Optional<String> tlsConfigurationName();

    /** The name of a token's key, with {@code {token}} or {@code {sha256}} (64 hex digits) in it. */
    @WithDefault(DEFAULT_KEY_PATTERN)
    String keyPattern();

    String DEFAULT_KEY_PATTERN = "sess:{token}";

    /** What the keys of another token-cache start with. */
    @WithDefault("tc:")
    String keyPrefix();

    /** What is in a token's key. */
    @WithDefault("json")
    Format format();

    enum Format {
        /** A string that is a JSON object. */
        JSON,
        HASH,
        /** A string that is the subject. */
        STRING,
        /** The keys of another token-cache; they have no pattern. */
        TOKEN_CACHE
    }

    /** Where the subject stands: a JSON pointer ({@code /sub} by default), or a field ({@code sub}). */
    Optional<String> subject();

    /** Where the issue stands, in seconds or milliseconds since the epoch: a JSON pointer, or a field. */
    Optional<String> issuedAt();

    /** What the keys start with that lie beside. */
    @WithDefault("tc-migration:")
    String ownKeyPrefix();

    /** The longest that a call may take. */
    @WithDefault("500ms")
    Duration timeout();

    /** The longest that the old Redis may take to answer one command. */
    @WithDefault("300ms")
    Duration commandTimeout();
}
