package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One held connection to one Redis node, on which commands are pipelined. It reconnects by itself until it is closed.
 *
 * <p>Belongs to one event loop and must only be used there. The Vert.x client has no deadline per command and can not
 * close a pooled connection's socket, so each connection has a client of its own, which is closed as a whole, and the
 * oldest command in flight is watched by {@link #checkDeadline}.
 */
public final class PipelinedConnection {

    private static final Logger LOG = Logger.getLogger(PipelinedConnection.class);

    private static final long FIRST_RECONNECT_MILLIS = 50;
    private static final long LAST_RECONNECT_MILLIS = 1000;
    private static final Request ASKING = Request.cmd(Command.ASKING);

    private enum State {
        CONNECTING,
        READY,
        DOWN,
        CLOSED
    }

    private final Vertx vertx;
    private final Endpoint endpoint;
    private final RedisConnector connector;
    private final RouterConfig config;
    private final RouterEvents events;
    private final Runnable onTrouble;
    private final Runnable onReady;
    private final @Nullable Request setup;
    private final long deadlineNanos;

    /** Sent and not answered, oldest first: Redis answers in the order of the questions. */
    private final Queue<ConnectionCommand> inFlight = new ArrayDeque<>();
    /** Waiting for the first connection, and no longer than a node may take to answer. */
    private final List<ConnectionCommand> waiting = new ArrayList<>();

    // Read by health and metrics from other threads.
    private volatile State state = State.DOWN;
    /** Since when the node has not answered, if it does not; on the clock of nanoTime. */
    private long silentSinceNanos = System.nanoTime();

    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    /** Counts the connections, so that the late end of an old one is not taken for that of the present one. */
    private int generation;

    private boolean isFirstAttempt;
    private long reconnectMillis = FIRST_RECONNECT_MILLIS;

    /**
     * @param deadline the longest that the node may take to answer one command
     * @param setup sent first on each connection, or null
     * @param onReady told whenever there is a connection
     * @param onTrouble told whenever the connection is lost or can not be made, a sign that the slot map is old
     */
    public PipelinedConnection(
            Vertx vertx,
            Endpoint endpoint,
            RedisConnector connector,
            RouterConfig config,
            RouterEvents events,
            Duration deadline,
            @Nullable Request setup,
            Runnable onReady,
            Runnable onTrouble) {
        this.vertx = vertx;
        this.endpoint = endpoint;
        this.connector = connector;
        this.config = config;
        this.events = events;
        this.deadlineNanos = deadline.toNanos();
        this.setup = setup;
        this.onReady = onReady;
        this.onTrouble = onTrouble;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Whether a command would be sent at once. Readable from any thread. */
    public boolean isReady() {
        return state == State.READY;
    }

    /** Whether the node has not answered for so long: it owes an answer, or there is no connection. */
    public boolean isSilentFor(long nanos) {
        long since = silentSinceNanos;
        if (state == State.READY) {
            ConnectionCommand oldest = inFlight.peek();
            if (oldest == null) {
                return false;
            }
            since = oldest.sentAt();
        }
        return System.nanoTime() - since >= nanos;
    }

    /** Sends a command, or lets it wait for the first connection. */
    public void send(ConnectionCommand command) {
        switch (state) {
            case READY -> write(command);
            case CONNECTING -> await(command);
            case DOWN, CLOSED -> command.notSent();
        }
    }

    private void await(ConnectionCommand command) {
        if (!isFirstAttempt) {
            command.notSent();
        } else if (waiting.size() >= config.maxInFlight()) {
            command.overloaded();
        } else {
            waiting.add(command);
        }
    }

    /** Sends a command that a node said to ask here for, with {@code ASKING} right in front of it. */
    public void sendAsking(ConnectionCommand command) {
        RedisConnection current = connection;
        if (current == null) {
            command.notSent();
            return;
        }
        // Its answer says nothing; if it should fail, so does the command behind it.
        current.send(ASKING);
        write(command);
    }

    private void write(ConnectionCommand command) {
        RedisConnection current = connection;
        if (current == null) {
            command.notSent();
            return;
        }
        if (inFlight.size() >= config.maxInFlight()) {
            command.overloaded();
            return;
        }
        int sentOn = generation;
        command.sentAt(System.nanoTime());
        inFlight.add(command);
        current.send(command.request()).onComplete(reply -> {
            if (sentOn != generation) {
                // Given up already, with all that was in flight on that connection.
                return;
            }
            if (reply.succeeded()) {
                inFlight.remove();
                command.answered(reply.result());
            } else if (reply.cause() instanceof Response && !isClosed(reply.cause())) {
                inFlight.remove();
                command.refused(this, String.valueOf(reply.cause().getMessage()));
            } else {
                lose("the connection was closed");
            }
        });
    }

    /** The client reports a closed connection as if it were an error reply of Redis. */
    private static boolean isClosed(Throwable cause) {
        return "CONNECTION_CLOSED".equals(cause.getMessage());
    }

    /** Closes the connection if its oldest command has waited too long: the node may be hung. */
    public void checkDeadline(long nowNanos) {
        ConnectionCommand oldest = inFlight.peek();
        if (oldest != null && nowNanos - oldest.sentAt() > deadlineNanos) {
            events.deadlineClosed();
            lose("no answer in time");
        }
    }

    /** Makes the connection for the first time; called once. */
    public void open() {
        isFirstAttempt = true;
        vertx.setTimer(config.commandTimeout().toMillis(), fired -> endFirstAttempt());
        attempt();
    }

    private void endFirstAttempt() {
        isFirstAttempt = false;
        drainWaiting().forEach(ConnectionCommand::notSent);
    }

    private void attempt() {
        state = State.CONNECTING;
        int attempt = ++generation;
        long timer = vertx.setTimer(
                config.connectTimeout().toMillis(), fired -> connectFailed(attempt, "no connection in time"));
        connect().onComplete(made -> {
            vertx.cancelTimer(timer);
            if (made.failed()) {
                connectFailed(attempt, connector.reason(made.cause()));
            } else if (attempt == generation) {
                connected(made.result());
            }
        });
    }

    private Future<RedisConnection> connect() {
        try {
            Redis opened = connector.client(vertx, endpoint);
            client = opened;
            return opened.connect();
        } catch (RuntimeException refused) {
            // The client does not even try an address that it can not read, such as a name with an underscore.
            return Future.failedFuture(refused);
        }
    }

    private void connected(RedisConnection made) {
        int current = generation;
        made.endHandler(ended -> lostIf(current));
        made.exceptionHandler(failed -> lostIf(current));
        connection = made;
        FlushCoalescing.on(made);
        if (setup != null) {
            made.send(setup);
        }
        state = State.READY;
        onReady.run();
        reconnectMillis = FIRST_RECONNECT_MILLIS;
        if (connector.outages().back(endpoint, this)) {
            LOG.info(connector.naming().back());
        }
        drainWaiting().forEach(this::send);
    }

    private void lostIf(int attempt) {
        if (attempt == generation) {
            lose("the connection was closed");
        }
    }

    private void lose(String reason) {
        List<ConnectionCommand> lost = new ArrayList<>(inFlight);
        drop(reason);
        lost.forEach(ConnectionCommand::lost);
    }

    private void connectFailed(int attempt, String reason) {
        if (attempt == generation) {
            events.connectFailed();
            drop(reason);
        }
    }

    /** Gives up the present connection, or the attempt to make one, and tries again a little later. */
    private void drop(String reason) {
        generation++;
        if (state == State.READY) {
            ConnectionCommand oldest = inFlight.peek();
            silentSinceNanos = oldest == null ? System.nanoTime() : oldest.sentAt();
        }
        state = State.DOWN;
        disconnect();
        if (connector.outages().away(endpoint, this, reason)) {
            // Once per outage, not per attempt, and no address. The reason is ours: the client's holds the password.
            LOG.warnf("%s; reason=%s", connector.naming().away(), reason);
        }
        long jittered = reconnectMillis / 2 + ThreadLocalRandom.current().nextLong(reconnectMillis);
        reconnectMillis = Math.min(2 * reconnectMillis, LAST_RECONNECT_MILLIS);
        int dropped = generation;
        vertx.setTimer(jittered, fired -> {
            if (dropped == generation) {
                attempt();
            }
        });
        onTrouble.run();
        endFirstAttempt();
    }

    private List<ConnectionCommand> drainWaiting() {
        List<ConnectionCommand> drained = List.copyOf(waiting);
        waiting.clear();
        return drained;
    }

    private void disconnect() {
        inFlight.clear();
        connection = null;
        if (client != null) {
            client.close();
            client = null;
        }
    }

    /** Closes the connection for good. What is in flight is lost. */
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        List<ConnectionCommand> lost = new ArrayList<>(inFlight);
        generation++;
        state = State.CLOSED;
        connector.outages().back(endpoint, this);
        disconnect();
        lost.forEach(ConnectionCommand::lost);
        drainWaiting().forEach(ConnectionCommand::notSent);
    }
}
