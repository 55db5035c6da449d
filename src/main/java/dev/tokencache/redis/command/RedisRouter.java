package dev.tokencache.redis.command;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.ShardState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RoutedCommand.Kind;
import dev.tokencache.redis.command.RoutedCommand.Route;
import dev.tokencache.redis.connection.ConnectionContext;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.NodeIdentity;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.topology.ShardBreakers;
import dev.tokencache.redis.topology.Topology;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Routes commands to the nodes of a Redis Cluster, or to a standalone server. Thread-safe; fastest on an event loop. */
public final class RedisRouter implements AutoCloseable {

    private final EventLoops eventLoops;
    private final Time time;
    private final RedisConnector connector;
    private final RouterConfig config;
    private final RouterEvents events;
    private final boolean isStandalone;
    private final ShardBreakers breakers;
    private final FastThreadLocal<Route> ownLoop = new FastThreadLocal<>();
    private final List<Loop> loops = new CopyOnWriteArrayList<>();
    private final Topology topology;
    private final Executor topologyLoop;

    private record Loop(Executor executor, Route route) {}

    /** @param breakerDelay how long the breaker of a master stays open before it admits a probe */
    public RedisRouter(
            EventLoops eventLoops,
            Time time,
            RedisConnector connector,
            RouterConfig config,
            RouterEvents events,
            Duration breakerDelay,
            boolean isStandalone) {
        this.eventLoops = eventLoops;
        this.time = time;
        this.connector = connector;
        this.config = config;
        this.events = events;
        this.isStandalone = isStandalone;
        this.breakers = new ShardBreakers(breakerDelay, time.clock());
        this.topologyLoop = eventLoops.executors().get(0);
        this.topology = new Topology(
                time,
                topologyLoop,
                connector,
                config.timeout(),
                config.maxReplicaLag(),
                events,
                breakers,
                this::slotMapChanged);
    }

    /** Starts to connect and returns immediately. Commands fail until Redis is reachable. */
    public void start() {
        List<Executor> executors = eventLoops.executors();
        int callsPerLoop = Math.max(1, config.maxCalls() / executors.size());
        for (Executor executor : executors) {
            executor.execute(() -> startLoop(executor, callsPerLoop));
        }
        topologyLoop.execute(this::startTopology);
    }

    private void startLoop(Executor executor, int maxCalls) {
        ConnectionContext shared = new ConnectionContext(
                time,
                eventLoops::link,
                connector,
                config,
                events,
                isStandalone ? NodeIdentity.ANY : topology.identity());
        EventLoopConnections connections =
                new EventLoopConnections(shared, maxCalls, this::nodeIsAlive, topology::refreshSoon);
        Route route = new Route(
                time,
                connections,
                topology,
                breakers,
                events,
                config.replicaReadAfter().toNanos());
        loops.add(new Loop(executor, route));
        ownLoop.set(route);
        retainNodes(connections);
    }

    /** Closes the breaker of a node that replies. Not while the cluster is down: then a live node cannot serve either. */
    private void nodeIsAlive(Endpoint node) {
        if (topology.isClusterOk()) {
            breakers.recovered(node);
        }
    }

    private void startTopology() {
        if (isStandalone) {
            topology.startStandalone();
        } else {
            topology.start(ownLoop.get().connections());
        }
    }

    private void slotMapChanged() {
        events.nodesChanged(state().nodes(), this::isUp);
        for (Loop loop : loops) {
            loop.executor().execute(() -> retainNodes(loop.route().connections()));
        }
    }

    private void retainNodes(EventLoopConnections loop) {
        boolean hasReplicaReads = !config.replicaReadAfter().isZero();
        loop.retain(topology.nodesFor(loop), hasReplicaReads ? topology.replicas() : Set.of());
    }

    /**
     * Sends a command that changes nothing to the master of the slot of {@code key}, to which all its keys must belong.
     * Fails with {@link RedisErrorException} for an error reply, and with {@link RouteException} if there was no reply
     * in time.
     */
    public Future<RoutedReply> send(byte[] key, Request request, Deadline deadline) {
        return dispatch(key, request, null, Kind.WRITE, deadline);
    }

    /** As {@link #send}, for a part of a long read: on a connection of its own, and sent once. */
    public Future<RoutedReply> scan(byte[] key, Request request, Deadline deadline) {
        return dispatch(key, request, null, Kind.SCAN, deadline);
    }

    /** As {@link #send}: a replica may serve the read while the master is silent. */
    public Future<RoutedReply> read(byte[] key, Request request, Deadline deadline) {
        return dispatch(key, request, null, Kind.READ, deadline);
    }

    /**
     * Sends a write to the master of a key's slot, as {@link #send}. It must be idempotent: it is sent again if its
     * reply is lost. If this fails with {@link RouteException} it is unknown whether the write ran, but it does not run
     * later.
     */
    public Future<RoutedReply> write(byte[] key, FencedRequest request, Deadline deadline) {
        return dispatch(key, null, request, Kind.WRITE, deadline);
    }

    /** As {@link #write}: waits for the configured number of replicas before it reports the reply. */
    public Future<RoutedReply> writeReplicated(byte[] key, FencedRequest request, Deadline deadline) {
        return dispatch(key, null, request, config.minReplicas() > 0 ? Kind.REPLICATED_WRITE : Kind.WRITE, deadline);
    }

    public Deadline deadline(Duration timeout) {
        return Deadline.in(timeout, time);
    }

    public boolean isOver(Deadline deadline) {
        return deadline.nanosLeft(time) <= 0;
    }

    private Future<RoutedReply> dispatch(
            byte[] key, @Nullable Request plain, @Nullable FencedRequest fenced, Kind kind, Deadline deadline) {
        Promise<RoutedReply> promise = eventLoops.promise();
        int slot = HashSlot.of(key);
        Route own = ownLoop.get();
        if (own != null) {
            new RoutedCommand(slot, plain, fenced, kind, own, deadline, promise).start();
        } else if (loops.isEmpty()) {
            promise.fail(new RouteException("router not started"));
        } else {
            Loop any = loops.get(time.random().nextInt(loops.size()));
            any.executor().execute(() -> new RoutedCommand(slot, plain, fenced, kind, any.route(), deadline, promise)
                    .start());
        }
        return promise.future();
    }

    public RouterState state() {
        return topology.slots().state(topology.isClusterOk(), breakers.openCount(), this::isUp);
    }

    /** Whether the slot map is known and a connection to each of its nodes was attempted. */
    public boolean isSettled() {
        List<RouterState.Node> nodes = state().nodes();
        return !nodes.isEmpty() && nodes.stream().allMatch(node -> hasOutcome(node.endpoint()));
    }

    private boolean hasOutcome(Endpoint node) {
        return loops.stream().anyMatch(loop -> loop.route().connections().hasOutcome(node));
    }

    /** The master of a key's slot in the current slot map, or null if it has none. */
    public @Nullable Endpoint master(byte[] key) {
        return topology.slots().master(HashSlot.of(key));
    }

    /** The masters of the current slot map; empty until the cluster is discovered. */
    public Set<Endpoint> masters() {
        return topology.slots().shards().keySet();
    }

    /** The shards in the order of their slots; empty until the cluster is discovered. */
    public List<ShardState> shards() {
        return topology.shards(this::isUp);
    }

    /** How many replicas reply and are connected to their masters. */
    public int readReplicas() {
        return topology.readReplicas();
    }

    private boolean isUp(Endpoint node) {
        return loops.stream().anyMatch(loop -> loop.route().connections().isUp(node));
    }

    @Override
    public void close() {
        topology.close();
        for (Loop loop : loops) {
            loop.executor().execute(() -> loop.route().connections().close());
        }
    }
}
