package dev.tokencache.redis.connection;

import dev.tokencache.redis.Backoff;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.Time;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A pipelined connection to one Redis node. Reconnects automatically until it is closed. Belongs to one event loop and must
 * only be used there.
 *
 * <p>The Vert.x client has no timeout per command. {@link #checkDeadline} closes the connection if the oldest command in
 * flight is overdue.
 */
public final class PipelinedConnection {

    /** The maximum number of commands that may be in flight on one connection. */
    static final int MAX_IN_FLIGHT = 4096;

    private static final Logger LOG = Logger.getLogger(PipelinedConnection.class);

    private static final Duration FIRST_RECONNECT = Duration.ofMillis(50);
    private static final Duration MAX_RECONNECT = Duration.ofSeconds(1);
    private static final Request ASKING = Request.cmd(Command.ASKING);
    private static final Request TIME = Request.cmd(Command.TIME);

    private enum State {
        CONNECTING,
        READY,
        DOWN,
        CLOSED
    }

    private final ConnectionContext context;
    private final Time time;
    private final Endpoint endpoint;
    private final long deadlineNanos;
    private final @Nullable Request setup;
    private final Runnable onReady;
    private final Runnable onDown;
    private final Backoff reconnectBackoff;
    private final NodeClock clock;

    /** Sent and not yet replied to, oldest first: Redis replies in order. */
    private final Queue<ConnectionCommand> inFlight = new ArrayDeque<>();
    /** Queued until the first connection is up, for at most the command timeout. */
    private final List<ConnectionCommand> queued = new ArrayList<>();

    // Health and metrics read this from other threads.
    private volatile State state = State.DOWN;
    /** While not connected: since when the node has been silent. */
    private long silentSinceNanos;

    private @Nullable NodeLink link;
    /** Incremented with each connection attempt and each loss, to ignore late events of an earlier link. */
    private int generation;

    private volatile boolean isFirstAttempt;

    /**
     * @param deadline how long the node may take to reply to one command
     * @param setup sent first on each connection, or null
     * @param onReady called each time the connection is established
     * @param onDown called each time the connection is lost or cannot be established: the slot map may be stale
     */
    PipelinedConnection(
            ConnectionContext context,
            Endpoint endpoint,
            Duration deadline,
            @Nullable Request setup,
            Runnable onReady,
            Runnable onDown) {
        this.context = context;
        this.time = context.time();
        this.endpoint = endpoint;
        this.deadlineNanos = deadline.toNanos();
        this.setup = setup;
        this.onReady = onReady;
        this.onDown = onDown;
        this.reconnectBackoff = new Backoff(FIRST_RECONNECT, MAX_RECONNECT, time.random());
        this.clock = new NodeClock(time);
        this.silentSinceNanos = time.nanoTime();
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** The node's clock. */
    public NodeClock clock() {
        return clock;
    }

    /** Whether the connection is established. Safe to call from any thread. */
    public boolean isReady() {
        return state == State.READY;
    }

    /** Whether an attempt to connect has ended, so that {@link #isReady} says something. Safe to call from any thread. */
    boolean hasOutcome() {
        return state != State.CONNECTING || !isFirstAttempt;
    }

    /** Whether the node has been silent for this long: a reply is outstanding, or there is no connection. */
    public boolean isSilentFor(long nanos) {
        long since = silentSinceNanos;
        if (state == State.READY) {
            ConnectionCommand oldest = inFlight.peek();
            if (oldest == null) {
                return false;
            }
            since = oldest.sentAt();
        }
        return time.nanoTime() - since >= nanos;
    }

    /** Sends the command, or queues it until the first connection is up. */
    public void send(ConnectionCommand command) {
        switch (state) {
            case READY -> write(command);
            case CONNECTING -> queue(command);
            case DOWN, CLOSED -> command.onNotSent();
        }
    }

    /**
     * Sends a request that concerns this node itself.
     *
     * @return the reply, null for nil; fails with a {@link RedisErrorException} for an error reply
     */
    public Future<@Nullable Response> query(Request request) {
        Promise<@Nullable Response> promise = Promise.promise();
        send(new NodeQuery(request, promise));
        return promise.future();
    }

    private void queue(ConnectionCommand command) {
        if (!isFirstAttempt) {
            command.onNotSent();
        } else if (queued.size() >= MAX_IN_FLIGHT) {
            command.onOverload();
        } else {
            queued.add(command);
        }
    }

    /** Sends {@code ASKING} and the command, as an {@code ASK} redirection requires. */
    public void sendAsking(ConnectionCommand command) {
        NodeLink current = link;
        if (state != State.READY || current == null) {
            command.onNotSent();
            return;
        }
        // The reply is ignored: if ASKING fails, so does the command after it.
        current.send(ASKING);
        write(command);
    }

    private void write(ConnectionCommand command) {
        NodeLink current = link;
        if (current == null) {
            command.onNotSent();
            return;
        }
        if (inFlight.size() >= MAX_IN_FLIGHT) {
            command.onOverload();
            return;
        }
        int sentOn = generation;
        command.sentAt(time.nanoTime());
        inFlight.add(command);
        current.send(command.request(clock)).onComplete(reply -> {
            if (sentOn != generation) {
                // The connection was lost, and onLost was called for every command in flight on it.
                return;
            }
            if (reply.succeeded()) {
                inFlight.remove();
                command.onReply(reply.result());
            } else if (reply.cause() instanceof Response && !isClosed(reply.cause())) {
                inFlight.remove();
                command.onError(this, String.valueOf(reply.cause().getMessage()));
            } else {
                lose("connection closed");
            }
        });
        if (clock.isOutdated()) {
            calibrateClock();
        }
    }

    private void calibrateClock() {
        long sentAt = time.nanoTime();
        clock.asked(sentAt);
        query(TIME).onSuccess(reply -> clock.calibrate(millis(reply), sentAt));
    }

    /** The reply to {@code TIME}: seconds and microseconds. */
    private static long millis(@Nullable Response reply) {
        Response parts = Objects.requireNonNull(reply, "TIME returns a list");
        return parts.get(0).toLong() * 1000 + parts.get(1).toLong() / 1000;
    }

    /** The Vert.x client reports a closed connection as if it were an error reply. */
    private static boolean isClosed(Throwable cause) {
        return "CONNECTION_CLOSED".equals(cause.getMessage());
    }

    /** Closes the connection if its oldest command is overdue: the node may hang. */
    void checkDeadline() {
        ConnectionCommand oldest = inFlight.peek();
        if (oldest != null && time.nanoTime() - oldest.sentAt() > deadlineNanos) {
            context.events().deadlineClosed();
            lose("no reply in time");
        }
    }

    /** Starts to connect; called once. */
    void open() {
        isFirstAttempt = true;
        time.schedule(context.config().commandTimeout(), this::endFirstAttempt);
        connect();
    }

    private void endFirstAttempt() {
        isFirstAttempt = false;
        drainQueued().forEach(ConnectionCommand::onNotSent);
    }

    private void connect() {
        state = State.CONNECTING;
        int attempt = ++generation;
        NodeLink opened = context.links().apply(endpoint);
        link = opened;
        Time.Timer timer =
                time.schedule(context.config().connectTimeout(), () -> connectFailed(attempt, "no connection in time"));
        opened.connect(() -> closed(attempt)).onComplete(done -> {
            timer.cancel();
            if (done.failed()) {
                connectFailed(attempt, context.connector().reason(done.cause()));
            } else if (attempt == generation) {
                connected(opened);
            }
        });
    }

    private void connected(NodeLink opened) {
        if (setup != null) {
            opened.send(setup);
        }
        state = State.READY;
        clock.reset();
        if (setup == null) {
            calibrateClock();
        }
        onReady.run();
        reconnectBackoff.reset();
        if (context.connector().outages().recovered(endpoint, this)) {
            LOG.info(context.connector().labels().reachable());
        }
        drainQueued().forEach(this::send);
    }

    private void closed(int attempt) {
        if (attempt == generation) {
            lose("connection closed");
        }
    }

    private void lose(String reason) {
        List<ConnectionCommand> lost = new ArrayList<>(inFlight);
        drop(reason);
        lost.forEach(ConnectionCommand::onLost);
    }

    private void connectFailed(int attempt, String reason) {
        if (attempt == generation) {
            context.events().connectFailed();
            drop(reason);
        }
    }

    /** Discards the link, connected or not, and schedules the next attempt. */
    private void drop(String reason) {
        int dropped = ++generation;
        if (state == State.READY) {
            ConnectionCommand oldest = inFlight.peek();
            silentSinceNanos = oldest == null ? time.nanoTime() : oldest.sentAt();
        }
        state = State.DOWN;
        disconnect();
        if (context.connector().outages().failed(endpoint, this, reason)) {
            // The reason is our own text: the Vert.x client's messages contain the password. No address either.
            LOG.warnf("%s; reason=%s", context.connector().labels().unreachable(), reason);
        }
        time.schedule(reconnectBackoff.next(), () -> {
            if (dropped == generation) {
                connect();
            }
        });
        onDown.run();
        endFirstAttempt();
    }

    private List<ConnectionCommand> drainQueued() {
        List<ConnectionCommand> drained = List.copyOf(queued);
        queued.clear();
        return drained;
    }

    private void disconnect() {
        inFlight.clear();
        if (link != null) {
            link.close();
            link = null;
        }
    }

    /** Closes the connection permanently. Commands in flight are lost. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        List<ConnectionCommand> lost = new ArrayList<>(inFlight);
        generation++;
        state = State.CLOSED;
        context.connector().outages().recovered(endpoint, this);
        disconnect();
        lost.forEach(ConnectionCommand::onLost);
        drainQueued().forEach(ConnectionCommand::onNotSent);
    }
}
