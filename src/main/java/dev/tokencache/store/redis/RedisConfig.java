package dev.tokencache.store.redis;

import dev.tokencache.redis.RouterConfig;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Timeouts, limits and the key prefix. Hosts, password and TLS are Quarkus' settings, {@code quarkus.redis.*}. */
@ConfigMapping(prefix = "tokencache.redis")
public interface RedisConfig extends RouterConfig {

    /** The prefix of every key. */
    @WithDefault("tc:")
    String keyPrefix();

    /** A file with the password, instead of {@code quarkus.redis.password}. */
    Optional<Path> passwordFile();

    @Override
    @WithDefault("2s")
    Duration timeout();

    @Override
    @WithDefault("0")
    int minReplicas();

    @Override
    @WithDefault("500ms")
    Duration replicaTimeout();

    @Override
    @WithDefault("300ms")
    Duration replicaReadAfter();

    @Override
    @WithDefault("0s")
    Duration maxReplicaLag();

    @Override
    @WithDefault("20000")
    int maxCalls();

    @Override
    @WithDefault("300ms")
    Duration commandTimeout();

    @Override
    @WithDefault("1s")
    Duration connectTimeout();

    @Override
    Optional<List<String>> addressMap();
}
