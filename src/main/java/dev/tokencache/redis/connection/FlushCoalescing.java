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
 * Lets the commands of one turn of the event loop leave together. The Vert.x client makes a system call and a packet of
 * each command, which is about a quarter of the CPU that a validation takes.
 *
 * <p>The client shows nobody its socket, so it is read from the private field, once per connection. Where that fails, for
 * example with another version of the client, commands are sent as the client does it.
 */
@RegisterForReflection(targets = RedisStandaloneConnection.class)
final class FlushCoalescing {

    private static final Logger LOG = Logger.getLogger(FlushCoalescing.class);

    static final String HANDLER = "flush-coalescing";

    /** What a turn may hold back, in commands, so that a long one keeps Redis busy. */
    private static final int MAX_COMMANDS = 64;

    private FlushCoalescing() {}

    /** To be called on the connection's event loop. */
    static void on(RedisConnection connection) {
        try {
            ChannelHandlerContext client = socket(connection).channelHandlerContext();
            client.pipeline().addBefore(client.name(), HANDLER, new FlushConsolidationHandler(MAX_COMMANDS, true));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debugf(e, "Commands are sent one by one");
        }
    }

    /** The socket behind a connection that a client made. */
    static NetSocketInternal socket(RedisConnection connection) throws ReflectiveOperationException {
        Field socket = RedisStandaloneConnection.class.getDeclaredField("netSocket");
        socket.setAccessible(true);
        return (NetSocketInternal) socket.get(((PooledRedisConnection) connection).actual());
    }
}
