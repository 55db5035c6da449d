package dev.tokencache.store.redis.router;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands to the nodes of a Redis Cluster, or to a single server. Thread-safe; fastest when called on an event
 * loop.
 */
public final class RedisRouter implements AutoCloseable {

    private final VertxInternal vertx;
    private final RedisConnector connector;
    private final RouterConfig config;
    private final RouterEvents events;
    private final boolean standalone;
    private final long timeoutNanos;
    private final FastThreadLocal<LoopRouter> ownLoop = new FastThreadLocal<>();
    private final List<Loop> loops = new CopyOnWriteArrayList<>();
    private final Topology topology;
    private final Context topologyContext;

    private record Loop(Context context, LoopRouter router) {}

    /**
     * @param standalone whether Redis is a single server and no cluster
     */
    public RedisRouter(
            Vertx vertx, RedisConnector connector, RouterConfig config, RouterEvents events, boolean standalone) {
        this.vertx = (VertxInternal) vertx;
        this.connector = connector;
        this.config = config;
        this.events = events;
        this.standalone = standalone;
        this.timeoutNanos = config.timeout().toNanos();
        this.topologyContext = contexts(this.vertx).get(0);
        this.topology = new Topology(
                vertx, topologyContext, connector.seeds(), connector.addresses(), config, events, this::mapChanged);
    }

    /** Starts to look for Redis. Returns at once: while there is no Redis, commands fail. */
    public void start() {
        for (Context context : contexts(vertx)) {
            context.runOnContext(here -> {
                LoopRouter router = new LoopRouter(vertx, connector, config, events, topology::refreshSoon);
                loops.add(new Loop(context, router));
                ownLoop.set(router);
                router.hold(topology.nodesFor(router));
            });
        }
        topologyContext.runOnContext(here -> startTopology());
    }

    private void startTopology() {
        if (standalone) {
            topology.startStandalone();
        } else {
            topology.start(ownLoop.get());
        }
    }

    /** One context per event loop; what is made on it, lives on it. */
    private static List<Context> contexts(VertxInternal vertx) {
        List<Context> contexts = new ArrayList<>();
        for (EventExecutor loop : vertx.nettyEventLoopGroup()) {
            contexts.add(vertx.createEventLoopContext(
                    (EventLoop) loop,
                    vertx.getWorkerPool(),
                    Thread.currentThread().getContextClassLoader()));
        }
        return contexts;
    }

    /** Lets every loop hold connections to the masters, and the one that keeps the slot map to all nodes. */
    private void mapChanged() {
        events.nodesChanged(state().nodes(), this::isUp);
        for (Loop loop : loops) {
            loop.context().runOnContext(here -> loop.router().hold(topology.nodesFor(loop.router())));
        }
    }

    /**
     * Sends a command to the node that serves a key.
     *
     * @param key the key that decides where; all keys of the command must be in its slot
     * @return Redis' answer, null for a nil. Fails with {@link RedisErrorException} if it is an error, and with
     *     {@link RouteException} if there was none in time: then nobody knows whether the command was run
     */
    public Future<@Nullable Response> send(byte[] key, Request request) {
        Promise<@Nullable Response> promise = vertx.promise();
        int slot = HashSlot.of(key);
        LoopRouter own = ownLoop.get();
        if (own != null) {
            dispatch(slot, request, promise, own);
        } else if (loops.isEmpty()) {
            promise.fail(new RouteException("not started"));
        } else {
            Loop any = loops.get(ThreadLocalRandom.current().nextInt(loops.size()));
            any.context().runOnContext(here -> dispatch(slot, request, promise, any.router()));
        }
        return promise.future();
    }

    private void dispatch(int slot, Request request, Promise<@Nullable Response> promise, LoopRouter loop) {
        long deadline = System.nanoTime() + timeoutNanos;
        new RoutedCommand(slot, request, promise, vertx, loop, topology, events, deadline).dispatch();
    }

    /** What the router sees at the moment, for health and metrics. */
    public RouterState state() {
        return RouterState.of(topology.slots(), topology.isClusterOk(), this::isUp);
    }

    private boolean isUp(Endpoint node) {
        return loops.stream().anyMatch(loop -> loop.router().isUp(node));
    }

    @Override
    public void close() {
        topology.close();
        for (Loop loop : loops) {
            loop.context().runOnContext(here -> loop.router().close());
        }
    }
}
