package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.connection.VertxEventLoops;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;

/** The way to the servers of the old store. Production uses Vert.x; a simulation runs everything on one thread. */
public interface LegacyNetwork {

    static LegacyNetwork of(Vertx vertx) {
        return new LegacyNetwork() {
            @Override
            public EventLoops eventLoops(RedisConnector connector) {
                return new VertxEventLoops(vertx, connector);
            }

            @Override
            public Redis client(RedisConnector connector, Endpoint node) {
                return connector.client(vertx, node);
            }
        };
    }

    /** The event loops of a router. */
    EventLoops eventLoops(RedisConnector connector);

    /** A client with one connection to one node. */
    Redis client(RedisConnector connector, Endpoint node);
}
