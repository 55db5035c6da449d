package dev.tokencache.migration.legacy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The address of the old Redis and the format of the sessions in it. Without hosts there is no migration. */
@ConfigMapping(prefix = "tokencache.migration.legacy")
public interface LegacyConfig {

    /** {@code redis://host:port}, or {@code rediss://} for TLS. With sentinels, their addresses. */
    Optional<List<String>> hosts();

    /** The ACL user on the old Redis (6 and later); with sentinels, on its master. Else the default user. */
    Optional<String> username();

    Optional<String> password();

    /** The type of the hosts. */
    @WithDefault("standalone")
    ClientType clientType();

    enum ClientType {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    /** The name of the master at the sentinels. */
    @WithDefault("mymaster")
    String masterName();

    /** The password of the sentinels, if they have one. */
    Optional<String> sentinelPassword();

    /** The {@code quarkus.tls.<name>} that {@code rediss://} takes its certificates from. */
    Optional<String> tlsConfigurationName();

    /** The pattern of a token's key, with {@code {token}} or {@code {sha256}} (64 hex digits). */
    @WithDefault(DEFAULT_KEY_PATTERN)
    String keyPattern();

    String DEFAULT_KEY_PATTERN = "sess:{token}";

    /** The key prefix of another token-cache. */
    @WithDefault("tc:")
    String keyPrefix();

    /** The id of the seal key of another token-cache. Without it, nothing that is written there is sealed. */
    Optional<String> sealKey();

    /** The format of a token's value. */
    @WithDefault("json")
    Format format();

    enum Format {
        /** A string that is a JSON object. */
        JSON,
        HASH,
        /** A string that is the subject. */
        STRING,
        /** The keys of another token-cache; they need no pattern. */
        TOKEN_CACHE
    }

    /** The place of the subject: a JSON pointer (default {@code /sub}) or a hash field (default {@code sub}). */
    Optional<String> subject();

    /** The place of the issue time, in seconds or milliseconds since the epoch: a JSON pointer or a hash field. */
    Optional<String> issuedAt();

    /** The key prefix of the sidecar records. */
    @WithDefault("tc-migration:")
    String ownKeyPrefix();

    /** The deadline of a call. */
    @WithDefault("500ms")
    Duration timeout();

    /** How long the old Redis may take to reply to one command. */
    @WithDefault("300ms")
    Duration commandTimeout();
}
