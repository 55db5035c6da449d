package dev.tokencache.redis.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.net.impl.NetSocketInternal;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.impl.PooledRedisConnection;
import io.vertx.redis.client.impl.RedisStandaloneConnection;
import java.lang.reflect.Field;
import org.jboss.logging.Logger;

/**
 * Flushes all commands of one event-loop iteration together. The Vert.x client makes one system call and one packet per
 * command, about a quarter of the CPU time of a validation.
 *
 * <p>The client does not expose its socket, so this class reads a private field, once per connection. If that fails, for
 * example with another version of the client, commands are flushed one by one.
 */
@RegisterForReflection(targets = RedisStandaloneConnection.class)
final class FlushCoalescing {

    private static final Logger LOG = Logger.getLogger(FlushCoalescing.class);
    static final String HANDLER = "flush-coalescing";

    /** Flushes at the latest after this many commands, so that Redis is not idle during a long iteration. */
    private static final int MAX_COMMANDS = 64;

    private FlushCoalescing() {}

    /** Enables coalescing; must be called on the event loop of the connection. */
    static void enable(RedisConnection connection) {
        try {
            ChannelHandlerContext client = socket(connection).channelHandlerContext();
            client.pipeline().addBefore(client.name(), HANDLER, new FlushConsolidationHandler(MAX_COMMANDS, true));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debugf(e, "Flush coalescing is not available; commands are flushed one by one");
        }
    }

    static NetSocketInternal socket(RedisConnection connection) throws ReflectiveOperationException {
        Field socket = RedisStandaloneConnection.class.getDeclaredField("netSocket");
        socket.setAccessible(true);
        return (NetSocketInternal) socket.get(((PooledRedisConnection) connection).actual());
    }
}
