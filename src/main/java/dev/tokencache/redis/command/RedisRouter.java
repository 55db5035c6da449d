package dev.tokencache.redis.command;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.command.RoutedCommand.Kind;
import dev.tokencache.redis.command.RoutedCommand.Route;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.topology.ReplicaMonitor;
import dev.tokencache.redis.topology.ShardBreakers;
import dev.tokencache.redis.topology.Topology;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

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
    private final ShardBreakers breakers;
    private final FastThreadLocal<Route> ownLoop = new FastThreadLocal<>();
    private final List<Loop> loops = new CopyOnWriteArrayList<>();
    private final Topology topology;
    private final Context topologyContext;

    private record Loop(Context context, Route route) {}

    /**
     * @param breakerDelay how long the breaker of a master stays open before it lets a call probe
     * @param standalone whether Redis is a single server and no cluster
     */
    public RedisRouter(
            Vertx vertx,
            RedisConnector connector,
            RouterConfig config,
            RouterEvents events,
            Duration breakerDelay,
            boolean standalone) {
        this.vertx = (VertxInternal) vertx;
        this.connector = connector;
        this.config = config;
        this.events = events;
        this.standalone = standalone;
        this.breakers = new ShardBreakers(breakerDelay);
        this.topologyContext = contexts(this.vertx).get(0);
        this.topology = new Topology(
                vertx,
                topologyContext,
                connector,
                config,
                events,
                new ReplicaMonitor(config.maxReplicaLag()),
                breakers,
                this::mapChanged);
    }

    /** Starts to look for Redis. Returns at once: while there is no Redis, commands fail. */
    public void start() {
        List<Context> contexts = contexts(vertx);
        int callsPerLoop = Math.max(1, config.maxCalls() / contexts.size());
        for (Context context : contexts) {
            context.runOnContext(here -> startLoop(context, callsPerLoop));
        }
        topologyContext.runOnContext(here -> startTopology());
    }

    private void startLoop(Context context, int maxCalls) {
        EventLoopConnections router = new EventLoopConnections(
                vertx, connector, config, maxCalls, events, this::signOfLife, topology::refreshSoon);
        Route route = new Route(
                vertx,
                router,
                topology,
                breakers,
                events,
                config.commandTimeout().toNanos(),
                config.replicaTimeout().toNanos(),
                config.replicaReadAfter().toNanos());
        loops.add(new Loop(context, route));
        ownLoop.set(route);
        holdNodes(router);
    }

    /** While the cluster as a whole is down, a node that lives can not serve all the same. */
    private void signOfLife(Endpoint node) {
        if (topology.isClusterOk()) {
            breakers.recovered(node);
        }
    }

    private void startTopology() {
        if (standalone) {
            topology.startStandalone();
        } else {
            topology.start(ownLoop.get().loop());
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

    private void mapChanged() {
        events.nodesChanged(state().nodes(), this::isUp);
        for (Loop loop : loops) {
            loop.context().runOnContext(here -> holdNodes(loop.route().loop()));
        }
    }

    /** Lets a loop hold connections to the masters, to the replicas that may stand in, and to whom it has to ask. */
    private void holdNodes(EventLoopConnections loop) {
        loop.hold(topology.nodesFor(loop), config.replicaReadAfter().isZero() ? Set.of() : topology.replicas());
    }

    /**
     * Sends a command to the node that serves a key. It may be run more than once, if an answer is lost: it must be
     * idempotent.
     *
     * @param key the key that decides where; all keys of the command must be in its slot
     * @return Redis' answer. Fails with {@link RedisErrorException} if it is an error, and with {@link RouteException} if
     *     there was none in time: then nobody knows whether the command was run
     */
    public Future<RoutedReply> send(byte[] key, Request request, Deadline deadline) {
        return dispatch(key, request, Kind.WRITE, deadline);
    }

    /** As {@link #send}, for a write that must reach as many replicas as are configured before it is answered. */
    public Future<RoutedReply> sendReplicated(byte[] key, Request request, Deadline deadline) {
        return dispatch(key, request, config.minReplicas() > 0 ? Kind.REPLICATED_WRITE : Kind.WRITE, deadline);
    }

    /** As {@link #send}, for a command that changes nothing: while the master is silent, a replica may answer. */
    public Future<RoutedReply> read(byte[] key, Request request, Deadline deadline) {
        return dispatch(key, request, Kind.READ, deadline);
    }

    private Future<RoutedReply> dispatch(byte[] key, Request request, Kind kind, Deadline deadline) {
        Promise<RoutedReply> promise = vertx.promise();
        int slot = HashSlot.of(key);
        Route own = ownLoop.get();
        if (own != null) {
            new RoutedCommand(slot, request, kind, own, deadline, promise).start();
        } else if (loops.isEmpty()) {
            promise.fail(new RouteException("not started"));
        } else {
            Loop any = loops.get(ThreadLocalRandom.current().nextInt(loops.size()));
            any.context().runOnContext(here -> new RoutedCommand(slot, request, kind, any.route(), deadline, promise)
                    .start());
        }
        return promise.future();
    }

    /** What the router sees at the moment, for health and metrics. */
    public RouterState state() {
        return topology.slots().state(topology.isClusterOk(), breakers.open(), this::isUp);
    }

    /** The masters of the slot map as it is known now; none until the cluster is found. */
    public Set<Endpoint> masters() {
        return topology.slots().shards().keySet();
    }

    /** How many replicas know enough to answer reads while their masters are silent. */
    public int readReplicas() {
        return topology.readReplicas();
    }

    private boolean isUp(Endpoint node) {
        return loops.stream().anyMatch(loop -> loop.route().loop().isUp(node));
    }

    @Override
    public void close() {
        topology.close();
        for (Loop loop : loops) {
            loop.context().runOnContext(here -> loop.route().loop().close());
        }
    }
}
