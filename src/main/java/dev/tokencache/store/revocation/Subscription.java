package dev.tokencache.store.revocation;

import dev.tokencache.redis.Backoff;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A subscription at one node, on its own connection. Confined to one event loop.
 *
 * <p>A node sends messages and replies on this connection in order. The reply to a {@code PING} therefore proves that every
 * message published before it was received. The Vert.x client treats whatever arrives as the reply to a pending command,
 * and as a message if there is none; so both go through {@link #received}.
 */
final class Subscription implements ListeningEpoch.Source {

    private static final Logger LOG = Logger.getLogger(Subscription.class);
    private static final int MULTI_LENGTH = 3;
    private static final Duration MIN_RETRY_DELAY = Duration.ofMillis(20);
    private static final Duration MAX_RETRY_DELAY = Duration.ofSeconds(1);

    private final EventLoops loops;
    private final Time time;
    private final RedisConnector connector;
    private final Endpoint endpoint;
    private final RevocationChannel channel;
    private final long maxSilenceNanos;
    private final Backoff backoff;
    private final Consumer<String> onMessage;
    private final Runnable onChange;

    /** When the pending pings were sent. */
    private final Queue<Long> pings = new ArrayDeque<>();

    private @Nullable NodeLink link;
    private boolean isConnected;
    /** The number of the current connection. Events of earlier connections are ignored. */
    private int generation;

    private boolean isLive;
    private boolean isClosed;
    private boolean isDenialLogged;
    private long confirmedNanos;
    private long sentNanos;
    private long retryNanos;

    /**
     * @param maxSilence how long to wait for a reply
     * @param onChange runs when the subscription begins, ends, or is confirmed by a ping
     */
    Subscription(
            EventLoops loops,
            Time time,
            RedisConnector connector,
            Endpoint endpoint,
            RevocationChannel channel,
            Duration maxSilence,
            Consumer<String> onMessage,
            Runnable onChange) {
        this.loops = loops;
        this.time = time;
        this.retryNanos = time.nanoTime();
        this.connector = connector;
        this.endpoint = endpoint;
        this.channel = channel;
        this.maxSilenceNanos = maxSilence.toNanos();
        this.backoff = new Backoff(MIN_RETRY_DELAY, MAX_RETRY_DELAY, time.random());
        this.onMessage = onMessage;
        this.onChange = onChange;
    }

    @Override
    public boolean isLive() {
        return isLive;
    }

    @Override
    public long confirmedNanos() {
        return confirmedNanos;
    }

    /** Connects if due, sends a ping, or drops a connection whose reply is overdue. */
    void tick() {
        long nowNanos = time.nanoTime();
        if (isConnected) {
            Long oldest = pings.peek();
            if (nowNanos - (oldest != null ? oldest : sentNanos) > maxSilenceNanos && (oldest != null || !isLive)) {
                drop("reply overdue");
            } else if (isLive) {
                ping(nowNanos);
            }
        } else if (link != null) {
            if (nowNanos - sentNanos > maxSilenceNanos) {
                drop("connect timeout");
            }
        } else if (!isClosed && nowNanos - retryNanos >= 0) {
            connect(nowNanos);
        }
    }

    private void connect(long nowNanos) {
        int attempt = ++generation;
        sentNanos = nowNanos;
        NodeLink opened = loops.link(endpoint);
        link = opened;
        opened.onMessage(message -> received(message, attempt));
        opened.connect(() -> dropIf(attempt, "connection closed")).onComplete(made -> {
            if (attempt != generation) {
                return;
            }
            if (made.succeeded()) {
                connected(opened, attempt);
            } else {
                drop(connector.reason(made.cause()));
            }
        });
    }

    private void connected(NodeLink made, int attempt) {
        isConnected = true;
        // A user without PUBLISH permission could never send a revocation, so the subscription would be useless.
        made.send(Request.cmd(Command.PUBLISH).arg(channel.bytes()).arg(RevocationChannel.HELLO))
                .onSuccess(published -> subscribe(made, attempt))
                .onFailure(failure -> refused(attempt, failure));
    }

    private void subscribe(NodeLink made, int attempt) {
        if (attempt == generation) {
            sentNanos = time.nanoTime();
            made.send(Request.cmd(Command.SUBSCRIBE).arg(channel.bytes()))
                    .onFailure(failure -> refused(attempt, failure));
        }
    }

    private void refused(int attempt, Throwable failure) {
        if (attempt != generation) {
            return;
        }
        String message = String.valueOf(failure.getMessage());
        if (message.startsWith("NOPERM") && !isDenialLogged) {
            isDenialLogged = true;
            LOG.warnf(
                    "Redis user lacks permission to publish or subscribe. The near cache is never used; channel=%s",
                    channel.name());
        }
        drop("refused");
    }

    private void ping(long nowNanos) {
        NodeLink current = link;
        int attempt = generation;
        if (current != null) {
            pings.add(nowNanos);
            current.send(Request.cmd(Command.PING))
                    .onSuccess(answer -> received(answer, attempt))
                    .onFailure(failure -> dropIf(attempt, "ping failed"));
        }
    }

    private void received(@Nullable Response response, int attempt) {
        if (attempt != generation || response == null) {
            return;
        }
        if (response.type() == ResponseType.ERROR) {
            refused(attempt, new IllegalStateException(response.toString()));
            return;
        }
        switch (kind(response)) {
            case "message" -> {
                if (response.size() == MULTI_LENGTH) {
                    onMessage.accept(response.get(2).toString());
                }
            }
            case "subscribe" -> live();
            case "pong" -> pong();
            default -> LOG.debug("Unexpected message ignored");
        }
    }

    private static String kind(Response response) {
        // Redis replies to PING with an array on a subscribed connection, and with a simple string before.
        return response.type() == ResponseType.MULTI && response.size() > 0
                ? String.valueOf(response.get(0))
                : String.valueOf(response).toLowerCase(Locale.ROOT);
    }

    private void live() {
        isLive = true;
        confirmedNanos = sentNanos;
        backoff.reset();
        onChange.run();
    }

    private void pong() {
        Long sent = pings.poll();
        if (sent != null) {
            confirmedNanos = sent;
            onChange.run();
        }
    }

    private void dropIf(int attempt, String reason) {
        if (attempt == generation) {
            drop(reason);
        }
    }

    private void drop(String reason) {
        LOG.debugf("Subscription lost; reason=%s", reason);
        disconnect();
        Duration delay = backoff.next();
        retryNanos = time.nanoTime() + delay.toNanos();
        time.schedule(delay.plusMillis(1), this::tick);
        onChange.run();
    }

    private void disconnect() {
        generation++;
        isLive = false;
        isConnected = false;
        pings.clear();
        if (link != null) {
            link.close();
            link = null;
        }
    }

    void close() {
        isClosed = true;
        disconnect();
    }
}
