package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.Time;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, with the timers that enforce deadlines and send heartbeats. Must only be used on that
 * loop; only {@link #isUp} and {@link #hasOutcome} are safe to call from any thread.
 *
 * <p>Every loop has its own connections: a Vert.x Redis client is bound to the loop that created it, so a command from
 * another loop would change threads twice.
 */
public final class EventLoopConnections {

    static final Duration SWEEP_INTERVAL = Duration.ofMillis(25);

    /** A gap between sweeps longer than this is a stall. */
    static final Duration STALL = SWEEP_INTERVAL.multipliedBy(4);

    /** How long deadlines are suspended after a stall. */
    static final Duration STALL_GRACE = SWEEP_INTERVAL.multipliedBy(2);

    /** Heartbeats detect a hanging node before a request does. */
    static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

    private static final Request READONLY = Request.cmd(Command.READONLY);

    private final ConnectionContext context;
    private final Time time;
    private final RouterConfig config;
    private final int maxCalls;
    private final Consumer<Endpoint> onAlive;
    private final Runnable onDown;
    private final Map<Endpoint, PipelinedConnection> connections = new HashMap<>();
    /** To replicas, for reads while their master is silent. */
    private final Map<Endpoint, PipelinedConnection> replicaConnections = new HashMap<>();
    /** To masters, for writes that must reach replicas; opened by the first such write. */
    private final Map<Endpoint, WaitConnection> waitConnections = new HashMap<>();
    /** To masters, for scans; opened by the first one. */
    private final Map<Endpoint, PipelinedConnection> scanConnections = new HashMap<>();
    /** To nodes that left the cluster. Until these are closed, their commands in flight keep their deadlines. */
    private final Set<PipelinedConnection> leaving = new LinkedHashSet<>();

    private final Set<WaitConnection> leavingWaits = new LinkedHashSet<>();
    /** The content of {@link #connections}, for other threads. */
    private final Map<Endpoint, PipelinedConnection> visible = new ConcurrentHashMap<>();

    private final StallDetector stalls;
    private final List<Time.Timer> timers;
    private int calls;
    private boolean isClosed;

    /**
     * Must be created on its event loop.
     *
     * @param onAlive called with each node that accepts a connection or replies to a heartbeat
     * @param onDown called each time a connection is lost or cannot be established
     */
    public EventLoopConnections(ConnectionContext context, int maxCalls, Consumer<Endpoint> onAlive, Runnable onDown) {
        this.context = context;
        this.time = context.time();
        this.config = context.config();
        this.maxCalls = maxCalls;
        this.onAlive = onAlive;
        this.onDown = onDown;
        this.stalls = new StallDetector(time, STALL, STALL_GRACE);
        this.timers = List.of(
                time.scheduleEvery(SWEEP_INTERVAL, this::sweep),
                time.scheduleEvery(HEARTBEAT_INTERVAL, this::heartbeat));
    }

    /** The connection to a node, opened if there is none yet. */
    public PipelinedConnection connection(Endpoint node) {
        PipelinedConnection existing = connections.get(node);
        return existing != null ? existing : open(node);
    }

    /** The connection for reads from a replica, or null if {@link #retain} did not name the replica. */
    public @Nullable PipelinedConnection replicaConnection(Endpoint replica) {
        return replicaConnections.get(replica);
    }

    /** The connection for writes to a master that must reach replicas, opened if there is none yet. */
    public WaitConnection waitConnection(Endpoint master) {
        return waitConnections.computeIfAbsent(
                master,
                added -> new WaitConnection(
                        open(added, null, () -> {}), time, config.minReplicas(), config.replicaTimeout()));
    }

    public PipelinedConnection scanConnection(Endpoint node) {
        return scanConnections.computeIfAbsent(node, added -> open(added, null, () -> {}));
    }

    /** Counts a call in. Returns whether it may start; if so, the caller must call {@link #callEnded} once. */
    public boolean tryStartCall() {
        if (calls >= maxCalls) {
            return false;
        }
        calls++;
        return true;
    }

    public void callEnded() {
        calls--;
    }

    private PipelinedConnection open(Endpoint node) {
        PipelinedConnection opened = open(node, null, () -> onAlive.accept(node));
        connections.put(node, opened);
        visible.put(node, opened);
        return opened;
    }

    private PipelinedConnection open(Endpoint node, @Nullable Request setup, Runnable onReady) {
        PipelinedConnection connection = new PipelinedConnection(context, node, setup, onReady, onDown);
        if (!isClosed) {
            connection.open();
        }
        return connection;
    }

    /** Opens connections to these nodes and replicas, and closes those to nodes that left the cluster. */
    public void retain(Set<Endpoint> nodes, Set<Endpoint> replicas) {
        Duration grace = config.commandTimeout();
        release(connections, nodes, leaving, grace, Function.identity());
        release(replicaConnections, replicas, leaving, grace, Function.identity());
        release(scanConnections, nodes, leaving, grace, Function.identity());
        release(waitConnections, nodes, leavingWaits, grace.plus(config.replicaTimeout()), WaitConnection::connection);
        visible.keySet().retainAll(nodes);
        nodes.forEach(this::connection);
        replicas.forEach(
                replica -> replicaConnections.computeIfAbsent(replica, added -> open(added, READONLY, () -> {})));
    }

    /** Most commands in flight have their reply after the grace; the others are sent to another node. */
    private <C> void release(
            Map<Endpoint, C> from,
            Set<Endpoint> retained,
            Set<C> leaving,
            Duration grace,
            Function<C, PipelinedConnection> connection) {
        for (Endpoint node : List.copyOf(from.keySet())) {
            C released = retained.contains(node) ? null : from.remove(node);
            if (released != null) {
                leaving.add(released);
                time.schedule(grace, () -> {
                    leaving.remove(released);
                    connection.apply(released).close();
                });
            }
        }
    }

    private List<WaitConnection> allWaits() {
        List<WaitConnection> all = new ArrayList<>(waitConnections.values());
        all.addAll(leavingWaits);
        return all;
    }

    private List<PipelinedConnection> all() {
        List<PipelinedConnection> all = new ArrayList<>(connections.values());
        all.addAll(replicaConnections.values());
        all.addAll(scanConnections.values());
        all.addAll(leaving);
        allWaits().forEach(waiting -> all.add(waiting.connection()));
        return all;
    }

    /** Whether a connection to the node is established. Safe to call from any thread. */
    public boolean isUp(Endpoint node) {
        PipelinedConnection connection = visible.get(node);
        return connection != null && connection.isReady();
    }

    /** Whether an attempt to connect to the node has ended, well or not. Safe to call from any thread. */
    public boolean hasOutcome(Endpoint node) {
        PipelinedConnection connection = visible.get(node);
        return connection != null && connection.hasOutcome();
    }

    /** Whether this loop stalled a moment ago, so that replies of seemingly silent nodes may be waiting in the socket. */
    public boolean isStalled() {
        return stalls.isStalled();
    }

    private void sweep() {
        boolean mayEnforce = stalls.sweep();
        List<PipelinedConnection> swept = all();
        swept.forEach(connection -> connection.stalled(stalls.stalledNanos()));
        if (mayEnforce) {
            // A call that fails may go on at a node that has no such connection yet.
            allWaits().forEach(WaitConnection::checkDeadlines);
            swept.forEach(PipelinedConnection::checkDeadlines);
        }
    }

    private void heartbeat() {
        connections.values().forEach(PipelinedConnection::heartbeat);
        replicaConnections.values().forEach(PipelinedConnection::heartbeat);
        waitConnections.values().forEach(WaitConnection::heartbeat);
        context.connector().outages().tick(time.nanoTime());
    }

    public void close() {
        isClosed = true;
        timers.forEach(Time.Timer::cancel);
        all().forEach(PipelinedConnection::close);
    }
}
