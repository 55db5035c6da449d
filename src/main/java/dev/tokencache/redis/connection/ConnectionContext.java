package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.Time;
import java.util.function.Function;

/** What all connections of one event loop share; {@code identity} decides which nodes may receive commands. */
public record ConnectionContext(
        Time time,
        Function<Endpoint, NodeLink> links,
        RedisConnector connector,
        RouterConfig config,
        RouterEvents events,
        NodeIdentity identity) {}
