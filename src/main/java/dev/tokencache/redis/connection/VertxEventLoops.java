package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** All event loops of Vert.x. Thread-safe. */
public record VertxEventLoops(VertxInternal vertx, RedisConnector connector, List<Executor> executors)
        implements EventLoops {

    public VertxEventLoops(Vertx vertx, RedisConnector connector) {
        this((VertxInternal) vertx, connector, executors((VertxInternal) vertx));
    }

    /** One context per event loop. Connections created on it stay on it. */
    private static List<Executor> executors(VertxInternal vertx) {
        List<Executor> executors = new ArrayList<>();
        for (EventExecutor loop : vertx.nettyEventLoopGroup()) {
            Context context = vertx.createEventLoopContext(
                    (EventLoop) loop,
                    vertx.getWorkerPool(),
                    Thread.currentThread().getContextClassLoader());
            executors.add(task -> context.runOnContext(here -> task.run()));
        }
        return List.copyOf(executors);
    }

    @Override
    public NodeLink link(Endpoint endpoint) {
        return connector.link(vertx, endpoint);
    }

    @Override
    public <T> Promise<T> promise() {
        return vertx.promise();
    }
}
