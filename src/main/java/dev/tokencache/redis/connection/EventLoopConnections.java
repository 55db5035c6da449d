package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop, and the clock that watches them. Must only be used on that loop; only {@link #isUp} may
 * be called from anywhere.
 *
 * <p>Every loop has pipes of its own because all connections of a Vert.x Redis client live on the loop that made it:
 * a command from another loop would hop twice.
 */
public final class EventLoopConnections {

    /** How often the oldest commands in flight are looked at. */
    private static final long SWEEP_MILLIS = 25;

    /** After so long without a sweep this loop stood still. */
    private static final Duration STANDSTILL = Duration.ofMillis(4 * SWEEP_MILLIS);

    /** For answers that are late by that. */
    private static final Duration GRACE = Duration.ofMillis(2 * SWEEP_MILLIS);

    private static final long HEARTBEAT_MILLIS = 1000;
    private static final Request PING = Request.cmd(Command.PING);
    private static final Request READONLY = Request.cmd(Command.READONLY);

    private final Vertx vertx;
    private final RedisConnector connector;
    private final RouterConfig config;
    private final RouterEvents events;
    private final int maxCalls;
    private final Consumer<Endpoint> onSignOfLife;
    private final Runnable onTrouble;
    private final Map<Endpoint, PipelinedConnection> pipes = new HashMap<>();
    /** To replicas, for reads while their master is silent. */
    private final Map<Endpoint, PipelinedConnection> readReplicas = new HashMap<>();
    /** To masters, for writes that must reach replicas; opened by the first one. */
    private final Map<Endpoint, WaitConnection> replicated = new HashMap<>();

    private final Map<Endpoint, PipelinedConnection> visible = new ConcurrentHashMap<>();
    private final long sweepTimer;
    private final long heartbeatTimer;
    private final StallDetector sweepGrace =
            new StallDetector(STANDSTILL.toNanos(), GRACE.toNanos(), System.nanoTime());
    private int calls;
    private boolean closed;

    /**
     * Called on the loop it is for.
     *
     * @param maxCalls how many calls may be under way on this loop
     * @param onSignOfLife told of every node that a connection was made to, or that answered a heartbeat
     */
    public EventLoopConnections(
            Vertx vertx,
            RedisConnector connector,
            RouterConfig config,
            int maxCalls,
            RouterEvents events,
            Consumer<Endpoint> onSignOfLife,
            Runnable onTrouble) {
        this.vertx = vertx;
        this.connector = connector;
        this.config = config;
        this.events = events;
        this.maxCalls = maxCalls;
        this.onSignOfLife = onSignOfLife;
        this.onTrouble = onTrouble;
        this.sweepTimer = vertx.setPeriodic(SWEEP_MILLIS, fired -> sweep());
        this.heartbeatTimer = vertx.setPeriodic(HEARTBEAT_MILLIS, fired -> heartbeat());
    }

    /** The pipe to a node, opened if there is none yet. */
    public PipelinedConnection pipe(Endpoint endpoint) {
        PipelinedConnection existing = pipes.get(endpoint);
        return existing != null ? existing : open(endpoint);
    }

    /** The pipe to a replica that stands in for its silent master, or null if there is none held. */
    public @Nullable PipelinedConnection readReplica(Endpoint replica) {
        return readReplicas.get(replica);
    }

    /** The pipe for writes to a master that must reach replicas, opened if there is none yet. */
    public WaitConnection replicated(Endpoint master) {
        return replicated.computeIfAbsent(master, added -> {
            Duration deadline = config.commandTimeout().plus(config.replicaTimeout());
            PipelinedConnection pipe = open(added, deadline, null, () -> {});
            return new WaitConnection(
                    pipe, config.minReplicas(), config.replicaTimeout().toMillis());
        });
    }

    /** Whether one more call may start; if so, {@link #callEnded} must follow. */
    public boolean callStarted() {
        if (calls >= maxCalls) {
            return false;
        }
        calls++;
        return true;
    }

    public void callEnded() {
        calls--;
    }

    private PipelinedConnection open(Endpoint endpoint) {
        PipelinedConnection pipe = open(endpoint, config.commandTimeout(), null, () -> onSignOfLife.accept(endpoint));
        pipes.put(endpoint, pipe);
        visible.put(endpoint, pipe);
        return pipe;
    }

    private PipelinedConnection open(Endpoint endpoint, Duration deadline, @Nullable Request setup, Runnable onReady) {
        PipelinedConnection pipe = new PipelinedConnection(
                vertx, endpoint, connector, config, events, deadline, setup, onReady, onTrouble);
        if (!closed) {
            pipe.open();
        }
        return pipe;
    }

    /**
     * Opens pipes to these nodes, and closes those to all others: nodes that left the cluster.
     *
     * @param nodes those to send any command to
     * @param replicas those to send reads to while their master is silent
     */
    public void hold(Set<Endpoint> nodes, Set<Endpoint> replicas) {
        release(pipes, nodes);
        release(readReplicas, replicas);
        releaseReplicated(nodes);
        visible.keySet().retainAll(nodes);
        nodes.forEach(this::pipe);
        replicas.forEach(replica -> readReplicas.computeIfAbsent(
                replica, added -> open(added, config.commandTimeout(), READONLY, () -> {})));
    }

    private void release(Map<Endpoint, PipelinedConnection> held, Set<Endpoint> wanted) {
        for (Endpoint endpoint : List.copyOf(held.keySet())) {
            PipelinedConnection left = wanted.contains(endpoint) ? null : held.remove(endpoint);
            if (left != null) {
                // By then, what is in flight has its answer.
                vertx.setTimer(config.commandTimeout().toMillis(), fired -> left.close());
            }
        }
    }

    private void releaseReplicated(Set<Endpoint> wanted) {
        for (Endpoint endpoint : List.copyOf(replicated.keySet())) {
            WaitConnection left = wanted.contains(endpoint) ? null : replicated.remove(endpoint);
            if (left != null) {
                long drained =
                        config.commandTimeout().plus(config.replicaTimeout()).toMillis();
                vertx.setTimer(drained, fired -> left.pipe().close());
            }
        }
    }

    private List<PipelinedConnection> everyPipe() {
        List<PipelinedConnection> all = new ArrayList<>(pipes.values());
        all.addAll(readReplicas.values());
        replicated.values().forEach(waiting -> all.add(waiting.pipe()));
        return all;
    }

    /** Whether there is a connection to a node. Readable from any thread. */
    public boolean isUp(Endpoint endpoint) {
        PipelinedConnection pipe = visible.get(endpoint);
        return pipe != null && pipe.isReady();
    }

    /** Whether this loop stood still a moment ago, so that the answers of nodes that seem silent may be here unread. */
    public boolean stoodStill() {
        return sweepGrace.isDoubtful(System.nanoTime());
    }

    private void sweep() {
        long now = System.nanoTime();
        if (sweepGrace.mayJudge(now)) {
            for (PipelinedConnection pipe : everyPipe()) {
                pipe.checkDeadline(now);
            }
        }
    }

    /** Makes a hung node known before a request finds it. */
    private void heartbeat() {
        for (PipelinedConnection pipe : everyPipe()) {
            if (pipe.isReady()) {
                pipe.send(new Heartbeat(pipe.endpoint()));
            }
        }
    }

    public void close() {
        closed = true;
        vertx.cancelTimer(sweepTimer);
        vertx.cancelTimer(heartbeatTimer);
        everyPipe().forEach(PipelinedConnection::close);
    }

    private final class Heartbeat extends ConnectionCommand {
        private final Endpoint node;

        Heartbeat(Endpoint node) {
            super(PING);
            this.node = node;
        }

        @Override
        public void answered(@Nullable Response response) {
            onSignOfLife.accept(node);
        }

        @Override
        public void refused(PipelinedConnection by, String message) {
            // Loading, say: it does not hang, but can not serve either.
        }

        @Override
        public void notSent() {}

        @Override
        public void lost() {
            // The pipe knows already.
        }
    }
}
