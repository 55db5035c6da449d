package dev.tokencache.redis.connection;

import dev.tokencache.redis.Backoff;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents.Event;
import dev.tokencache.redis.Time;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The link to one node. After each loss it connects again, later each time. Belongs to one event loop. */
final class ReconnectingLink {

    interface Listener {

        void connecting();

        /** @param tookNanos at least two round trips: one for the socket, one for the login */
        void connected(NodeLink link, long tookNanos);

        /** The attempt failed, or the established link ended. The listener must call {@link #drop}. */
        void lost(String reason);
    }

    /** Why a connection to a node without the expected id is not used. */
    static final String NOT_A_MEMBER = "not a node of the known cluster, see tokencache_router_foreign_nodes_total";

    private static final Duration FIRST_RECONNECT = Duration.ofMillis(50);
    private static final Duration MAX_RECONNECT = Duration.ofMillis(500);

    private final ConnectionContext context;
    private final Time time;
    private final Endpoint endpoint;
    private final Listener listener;
    private final Backoff backoff;
    private final ConnectTimeout timeout;
    private final NodeClock clock;
    private @Nullable NodeLink link;
    /** Incremented with each attempt and each loss, to ignore late events of an earlier link. */
    private int generation;

    /** What the node reported on the present link. */
    private String nodeId = "";

    private boolean wasConnected;

    /** @param clock set on each link */
    ReconnectingLink(ConnectionContext context, Endpoint endpoint, NodeClock clock, Listener listener) {
        this.clock = clock;
        this.context = context;
        this.time = context.time();
        this.endpoint = endpoint;
        this.listener = listener;
        this.backoff = new Backoff(FIRST_RECONNECT, MAX_RECONNECT, time.random());
        this.timeout = new ConnectTimeout(
                context.config().connectTimeout(), context.config().timeout());
    }

    /** The present link, connected or not, or null between two attempts. */
    @Nullable
    NodeLink current() {
        return link;
    }

    int generation() {
        return generation;
    }

    /** The id that the node reported; empty if it returned an error or needs none. */
    String nodeId() {
        return nodeId;
    }

    void connect() {
        int attempt = ++generation;
        NodeLink opened = context.links().apply(endpoint);
        link = opened;
        listener.connecting();
        long began = time.nanoTime();
        Time.Timer timer = limit(attempt);
        opened.connect(() -> lost(attempt, "connection closed")).onComplete(done -> {
            timer.cancel();
            if (done.failed()) {
                String reason = context.connector().reason(done.cause());
                failed(attempt, wasConnected ? FailureReason.ofReconnecting(reason) : reason);
            } else if (attempt == generation) {
                identify(opened, attempt, time.nanoTime() - began);
            }
        });
    }

    private Time.Timer limit(int attempt) {
        return time.schedule(timeout.next(), () -> missed(attempt));
    }

    /** Asks the node for its time, and for its id unless it is not needed. */
    private void identify(NodeLink opened, int attempt, long tookNanos) {
        Request question = context.identity().request();
        Future<@Nullable Response> id = question == null ? Future.succeededFuture() : opened.send(question);
        Future<@Nullable Response> nodeTime = opened.send(NodeClock.TIME);
        Time.Timer timer = limit(attempt);
        Future.join(id, nodeTime).onComplete(done -> {
            timer.cancel();
            if (attempt != generation) {
                return;
            }
            clock.connected(nodeTime.result());
            boolean isUnknown = id.failed() && id.cause() instanceof Response && !isClosed(id.cause());
            if (question == null) {
                connected(opened, tookNanos);
            } else if (id.succeeded() || (isUnknown && context.identity().isMember(""))) {
                identified(opened, isUnknown ? "" : String.valueOf(id.result()), tookNanos);
            } else {
                failed(attempt, context.connector().reason(id.cause()));
            }
        });
    }

    private void identified(NodeLink opened, String id, long tookNanos) {
        if (context.identity().isMember(id)) {
            nodeId = id;
            connected(opened, tookNanos);
        } else {
            context.events().happened(Event.FOREIGN_NODE);
            failed(generation, NOT_A_MEMBER);
        }
    }

    private void missed(int attempt) {
        if (attempt == generation) {
            timeout.missed();
            failed(attempt, FailureReason.NO_LOGIN);
        }
    }

    private void failed(int attempt, String reason) {
        if (attempt == generation) {
            context.events().happened(Event.CONNECT_FAILED);
        }
        lost(attempt, reason);
    }

    private void lost(int attempt, String reason) {
        if (attempt == generation) {
            listener.lost(reason);
        }
    }

    private void connected(NodeLink opened, long tookNanos) {
        wasConnected = true;
        timeout.succeededIn(tookNanos);
        backoff.reset();
        context.connector().outages().recovered(endpoint, this, time.nanoTime());
        listener.connected(opened, tookNanos);
    }

    /** Discards the link, connected or not, and schedules the next attempt. */
    void drop(String reason) {
        int dropped = ++generation;
        closeLink();
        context.connector().outages().failed(endpoint, this, reason, time.nanoTime());
        time.schedule(backoff.next(), () -> {
            if (dropped == generation) {
                connect();
            }
        });
    }

    private void closeLink() {
        if (link != null) {
            link.close();
            link = null;
        }
    }

    void close() {
        generation++;
        context.connector().outages().closed(endpoint, this);
        closeLink();
    }

    /** The Vert.x client reports a closed connection as if it were an error reply. */
    static boolean isClosed(Throwable cause) {
        return "CONNECTION_CLOSED".equals(cause.getMessage());
    }
}
