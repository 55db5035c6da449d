package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouterConfig;
import dev.tokencache.redis.RouterEvents.Event;
import dev.tokencache.redis.Time;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pipelined connection to one Redis node. Reconnects automatically until it is closed. Belongs to one event loop and must
 * only be used there.
 *
 * <p>The Vert.x client has no timeout per command; {@link #checkDeadlines} enforces them. Redis replies in order, so sending a
 * command again on the same connection is never faster than waiting. A command therefore waits until its own deadline, or
 * until the connection is given up.
 */
public final class PipelinedConnection {

    /** The maximum number of commands that may be in flight on one connection. */
    static final int MAX_IN_FLIGHT = 4096;

    private static final Request ASKING = Request.cmd(Command.ASKING);
    private static final Request PING = Request.cmd(Command.PING);

    private enum State {
        CONNECTING,
        READY,
        /** Connected, but a reply is overdue: the node, the network or the connection hangs, or one of them is slow. */
        SILENT,
        DOWN,
        CLOSED
    }

    private final ConnectionContext context;
    private final Time time;
    private final Endpoint endpoint;
    private final @Nullable Request setup;
    private final Runnable onReady;
    private final Runnable onDown;
    private final NodeClock clock;
    private final ReplyTimes replyTimes;
    private final ReconnectingLink link;
    private final InFlight inFlight = new InFlight();
    /** Queued until the first connection is up, for at most the command timeout. */
    private final List<ConnectionCommand> queued = new ArrayList<>();

    // Health and metrics read this from other threads.
    private volatile State state = State.DOWN;
    /** While not connected: since when the node has been silent. */
    private long silentSinceNanos;
    /** While connected: since when. */
    private long readySinceNanos;

    /** How long this event loop has stalled in all. */
    private long stalledNanos;

    private volatile boolean isFirstAttempt;
    private boolean isHeartbeatInFlight;

    /**
     * @param setup sent first on each connection, or null
     * @param onReady called each time the connection is established or the node replies to a heartbeat
     * @param onDown called each time the node falls silent, or the connection is lost or cannot be established: the slot map
     *     may be stale
     */
    PipelinedConnection(
            ConnectionContext context, Endpoint endpoint, @Nullable Request setup, Runnable onReady, Runnable onDown) {
        this.context = context;
        this.time = context.time();
        this.endpoint = endpoint;
        this.setup = setup;
        this.onReady = onReady;
        this.onDown = onDown;
        this.clock = new NodeClock(time);
        RouterConfig config = context.config();
        this.replyTimes =
                new ReplyTimes(config.commandTimeout(), config.timeout().dividedBy(2));
        this.link = new ReconnectingLink(context, endpoint, clock, new Events());
        this.silentSinceNanos = time.nanoTime();
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public NodeClock clock() {
        return clock;
    }

    /** Whether the connection is established and no reply is overdue. Safe to call from any thread. */
    public boolean isReady() {
        return state == State.READY;
    }

    /** Whether an attempt to connect has ended, so that {@link #isReady} says something. Safe to call from any thread. */
    boolean hasOutcome() {
        return state != State.CONNECTING || !isFirstAttempt;
    }

    private boolean isConnected() {
        return state == State.READY || state == State.SILENT;
    }

    /** Whether the connection was established before a time of the monotonic clock, and no reply is overdue. */
    public boolean isReadySince(long nanos) {
        return state == State.READY && readySinceNanos - nanos <= 0;
    }

    /** Whether the node owes a reply, or has no connection, for this long, or longer if it is usually slow. */
    public boolean isSilentFor(long nanos) {
        long since = silentSinceNanos;
        if (isConnected()) {
            InFlight.Sent oldest = inFlight.oldest();
            if (oldest == null) {
                return false;
            }
            since = oldest.atNanos();
        }
        return time.nanoTime() - since >= replyTimes.atLeast(nanos);
    }

    /** How long to wait for a reply of this node: the command timeout, or longer if its replies usually take longer. */
    public long replyTimeoutNanos() {
        return replyTimes.timeoutNanos();
    }

    /** Sends the command, or queues it until the first connection is up. A silent node receives no more commands. */
    public void send(ConnectionCommand command) {
        switch (state) {
            case READY -> write(command);
            case CONNECTING -> queue(command);
            case SILENT, DOWN, CLOSED -> command.onNotSent();
        }
    }

    /** Asks this node about itself, also while it is silent; null for nil. Fails with {@link RedisErrorException}. */
    public Future<@Nullable Response> query(Request request) {
        return query(request, 0);
    }

    /** As {@link #query(Request)}, for a request that takes longer than usual. */
    Future<@Nullable Response> query(Request request, long extraNanos) {
        Promise<@Nullable Response> promise = Promise.promise();
        NodeQuery query = new NodeQuery(request, extraNanos, promise);
        if (state == State.SILENT) {
            write(query);
        } else {
            send(query);
        }
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
        NodeLink current = link.current();
        if (state != State.READY || current == null) {
            command.onNotSent();
            return;
        }
        if (command.isExpired(time.nanoTime())) {
            command.onExpired();
            return;
        }
        if (!isStillMember()) {
            command.onNotSent();
            return;
        }
        // The reply is ignored: if ASKING fails, so does the command after it.
        current.send(ASKING);
        write(command);
    }

    private void write(ConnectionCommand command) {
        NodeLink current = link.current();
        if (current == null || !isStillMember()) {
            command.onNotSent();
            return;
        }
        long now = time.nanoTime();
        if (command.isExpired(now)) {
            command.onExpired();
            return;
        }
        if (inFlight.size() >= MAX_IN_FLIGHT) {
            command.onOverload();
            return;
        }
        int sentOn = link.generation();
        command.sentAt(now);
        inFlight.add(command, now, stalledNanos);
        current.send(command.request(clock)).onComplete(reply -> {
            // If the connection was lost, every command in flight on it had its outcome.
            if (sentOn == link.generation()) {
                replied(reply);
            }
        });
        if (clock.isOutdated()) {
            calibrateClock();
        }
    }

    private void calibrateClock() {
        clock.asked();
        query(NodeClock.TIME).onSuccess(clock::calibrate);
    }

    private void replied(AsyncResult<@Nullable Response> reply) {
        boolean isError = reply.failed();
        if (isError && (!(reply.cause() instanceof Response) || ReconnectingLink.isClosed(reply.cause()))) {
            lose("connection closed");
            return;
        }
        ConnectionCommand command = inFlight.replied();
        if (state == State.SILENT && !isOverdue(replyTimes.timeoutNanos())) {
            state = State.READY;
        }
        if (isError) {
            String message = String.valueOf(reply.cause().getMessage());
            context.connector().refused(message, time.nanoTime());
            if (command != null) {
                command.onError(this, message);
            }
        } else if (command != null) {
            command.onReply(reply.result());
        }
    }

    /** Whether the node belongs to the cluster as known now; loses the connection if not. */
    private boolean isStillMember() {
        if (context.identity().isMember(link.nodeId())) {
            return true;
        }
        context.events().happened(Event.FOREIGN_NODE);
        lose(ReconnectingLink.NOT_A_MEMBER);
        return false;
    }

    private boolean isOverdue(long afterNanos) {
        InFlight.Sent oldest = inFlight.oldest();
        return oldest != null && oldest.waitNanos(time.nanoTime(), stalledNanos) > afterNanos;
    }

    /** @param total how long this event loop has stalled in all; the silence of a node in that time does not count */
    void stalled(long total) {
        stalledNanos = total;
    }

    /**
     * Ends commands whose deadline has passed. If a reply is overdue, the node counts as silent: commands that another node
     * can serve go there. If it stays silent, the connection is closed, since the connection itself may hang.
     */
    void checkDeadlines() {
        long now = time.nanoTime();
        expireQueued(now);
        inFlight.take(command -> command.isExpired(now)).forEach(ConnectionCommand::onExpired);
        long timeout = replyTimes.timeoutNanos();
        if (isOverdue(timeout + 2 * context.config().commandTimeout().toNanos())) {
            context.events().happened(Event.DEADLINE_CLOSED);
            lose("no reply in time");
        } else if (isOverdue(timeout)) {
            fallSilent();
            inFlight.take(command -> command.hasAlternative(this)).forEach(ConnectionCommand::onLost);
        }
    }

    private void fallSilent() {
        if (state == State.READY) {
            state = State.SILENT;
            onDown.run();
        }
    }

    private void expireQueued(long now) {
        if (!queued.isEmpty()) {
            List<ConnectionCommand> expired =
                    queued.stream().filter(command -> command.isExpired(now)).toList();
            queued.removeAll(expired);
            expired.forEach(ConnectionCommand::onExpired);
        }
    }

    /**
     * Checks whether the node replies, how fast, and whether it is still the same: {@code CLUSTER RESET HARD} changes its id.
     * An error reply, such as {@code LOADING}, does not count.
     */
    void heartbeat() {
        if (!isConnected() || isHeartbeatInFlight) {
            return;
        }
        isHeartbeatInFlight = true;
        long sent = time.nanoTime();
        int sentOn = link.generation();
        Request question = context.identity().request();
        query(question == null ? PING : question).onComplete(done -> {
            isHeartbeatInFlight = false;
            if (done.failed()) {
                return;
            }
            if (question != null
                    && sentOn == link.generation()
                    && !link.nodeId().equals(String.valueOf(done.result()))) {
                lose("the node has another id now");
                return;
            }
            long now = time.nanoTime();
            replyTimes.add(now - sent);
            context.connector().outages().slow(endpoint, link, replyTimes.isSlow(), now);
            onReady.run();
        });
    }

    void open() {
        isFirstAttempt = true;
        time.schedule(context.config().commandTimeout(), this::endFirstAttempt);
        link.connect();
    }

    private void endFirstAttempt() {
        isFirstAttempt = false;
        drainQueued().forEach(ConnectionCommand::onNotSent);
    }

    private final class Events implements ReconnectingLink.Listener {

        @Override
        public void connecting() {
            state = State.CONNECTING;
        }

        @Override
        public void connected(NodeLink opened, long tookNanos) {
            if (setup != null) {
                opened.send(setup).onFailure(failure -> context.connector()
                        .refused(String.valueOf(failure.getMessage()), time.nanoTime()));
            }
            state = State.READY;
            replyTimes.add(tookNanos / 2);
            readySinceNanos = time.nanoTime();
            onReady.run();
            drainQueued().forEach(PipelinedConnection.this::send);
        }

        @Override
        public void lost(String reason) {
            lose(reason);
        }
    }

    /** Gives up the link, and schedules the next attempt to connect. */
    private void lose(String reason) {
        if (isConnected()) {
            InFlight.Sent oldest = inFlight.oldest();
            silentSinceNanos = oldest == null ? time.nanoTime() : oldest.atNanos();
        }
        List<ConnectionCommand> lost = inFlight.clear();
        state = State.DOWN;
        link.drop(reason);
        onDown.run();
        endFirstAttempt();
        lost.forEach(ConnectionCommand::onLost);
    }

    private List<ConnectionCommand> drainQueued() {
        List<ConnectionCommand> drained = List.copyOf(queued);
        queued.clear();
        return drained;
    }

    /** Closes the connection permanently. Commands in flight are lost. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        List<ConnectionCommand> lost = inFlight.clear();
        state = State.CLOSED;
        link.close();
        lost.forEach(ConnectionCommand::onLost);
        drainQueued().forEach(ConnectionCommand::onNotSent);
    }
}
