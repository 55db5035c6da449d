package dev.tokencache.devmode;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Settings of the Redis Cluster of dev mode. Ignored in production. */
@ConfigMapping(prefix = "tokencache.dev")
public interface DevConfig {

    /** Whether dev mode starts a Redis Cluster; if not, {@code quarkus.redis.hosts} must name one. */
    @WithDefault("true")
    boolean cluster();

    /** The cluster's ports are this number followed by 0, 1, 2, 3, 4 and 5: 770 stands for 7700 to 7705. */
    @WithDefault("770")
    int portPrefix();

    /** The {@code redis-server} to run; by default the one inside the embedded-redis library. */
    Optional<Path> redisServer();
}
