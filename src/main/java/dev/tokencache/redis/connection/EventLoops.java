package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The event loops on which a router runs, and its way to the network. Production uses {@link VertxEventLoops}; a simulation
 * runs everything on one thread.
 */
public interface EventLoops {

    /** One executor per event loop, at least one, always in the same order. Runs tasks in order, each after the present one. */
    List<Executor> executors();

    /** A link to a node, to be used on the event loop that calls this. */
    NodeLink link(Endpoint endpoint);

    /** A promise whose listeners run where this is called. */
    <T> Promise<T> promise();
}
