package dev.tokencache.store.redis.router;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one event loop, and the clock that watches them. Must only be used on that loop; only {@link #isUp} may
 * be called from anywhere.
 *
 * <p>Every loop has pipes of its own because all connections of a Vert.x Redis client live on the loop that made it:
 * a command from another loop would hop twice.
 */
final class LoopRouter {

    /** How often the oldest commands in flight are looked at. */
    private static final long SWEEP_MILLIS = 25;

    private static final long HEARTBEAT_MILLIS = 1000;
    private static final Request PING = Request.cmd(Command.PING);

    private final Vertx vertx;
    private final RedisConnector connector;
    private final RouterConfig config;
    private final RouterEvents events;
    private final Runnable onTrouble;
    private final Map<Endpoint, NodePipe> pipes = new HashMap<>();
    private final Map<Endpoint, NodePipe> visible = new ConcurrentHashMap<>();
    private final long sweepTimer;
    private final long heartbeatTimer;
    private long lastSweepNanos = System.nanoTime();
    private boolean closed;

    /** Called on the loop it is for. */
    LoopRouter(Vertx vertx, RedisConnector connector, RouterConfig config, RouterEvents events, Runnable onTrouble) {
        this.vertx = vertx;
        this.connector = connector;
        this.config = config;
        this.events = events;
        this.onTrouble = onTrouble;
        this.sweepTimer = vertx.setPeriodic(SWEEP_MILLIS, fired -> sweep());
        this.heartbeatTimer = vertx.setPeriodic(HEARTBEAT_MILLIS, fired -> heartbeat());
    }

    /** The pipe to a node, opened if there is none yet. */
    NodePipe pipe(Endpoint endpoint) {
        NodePipe existing = pipes.get(endpoint);
        return existing != null ? existing : open(endpoint);
    }

    private NodePipe open(Endpoint endpoint) {
        NodePipe pipe = new NodePipe(vertx, endpoint, connector, config, events, onTrouble);
        pipes.put(endpoint, pipe);
        visible.put(endpoint, pipe);
        if (!closed) {
            pipe.open();
        }
        return pipe;
    }

    /** Opens pipes to these nodes and closes those to all others: nodes that left the cluster. */
    void hold(Set<Endpoint> nodes) {
        for (Endpoint held : List.copyOf(pipes.keySet())) {
            if (!nodes.contains(held)) {
                visible.remove(held);
                NodePipe left = pipes.remove(held);
                if (left != null) {
                    // By then, what is in flight has its answer.
                    vertx.setTimer(config.commandTimeout().toMillis(), fired -> left.close());
                }
            }
        }
        nodes.forEach(this::pipe);
    }

    /** Whether there is a connection to a node. Readable from any thread. */
    boolean isUp(Endpoint endpoint) {
        NodePipe pipe = visible.get(endpoint);
        return pipe != null && pipe.isReady();
    }

    private void sweep() {
        long now = System.nanoTime();
        boolean stalled = now - lastSweepNanos > 4 * SWEEP_MILLIS * 1_000_000;
        lastSweepNanos = now;
        if (stalled) {
            // It was this loop that stood still, or the whole machine: answers may be here and not read yet.
            return;
        }
        for (NodePipe pipe : List.copyOf(pipes.values())) {
            pipe.checkDeadline(now);
        }
    }

    /** Makes a hung node known before a request finds it. */
    private void heartbeat() {
        for (NodePipe pipe : List.copyOf(pipes.values())) {
            if (pipe.isReady()) {
                pipe.send(new Heartbeat());
            }
        }
    }

    void close() {
        closed = true;
        vertx.cancelTimer(sweepTimer);
        vertx.cancelTimer(heartbeatTimer);
        pipes.values().forEach(NodePipe::close);
    }

    private static final class Heartbeat extends PipeCommand {
        Heartbeat() {
            super(PING);
        }

        @Override
        void answered(@Nullable Response response) {}

        @Override
        void refused(NodePipe by, String message) {
            // Loading, say: it answers, and that is all we wanted to know.
        }

        @Override
        void notSent() {}

        @Override
        void lost() {
            // The pipe knows already.
        }
    }
}
