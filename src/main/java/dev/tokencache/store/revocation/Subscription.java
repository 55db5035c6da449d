package dev.tokencache.store.revocation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One subscription at one node, on a connection of its own. Belongs to one event loop and must only be used there.
 *
 * <p>What a node publishes it sends on this connection in order, so that the answer to a {@code PING} proves that all was
 * heard that was published there before. The Vert.x client takes whatever comes for the answer to what it sent, if
 * it waits for one, and for a message if not; so both are looked at alike.
 */
final class Subscription {

    private static final Logger LOG = Logger.getLogger(Subscription.class);

    private static final int MULTI_LENGTH = 3;
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long LAST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Vertx vertx;
    private final RedisConnector connector;
    private final Endpoint endpoint;
    private final RevocationChannel channel;
    private final long silenceNanos;
    private final Consumer<String> onMessage;
    private final Runnable onChange;

    /** When the pings were sent that have no answer yet. */
    private final Queue<Long> pings = new ArrayDeque<>();

    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    /** Counts the connections, so that what is left of an old one is not taken for the present one's. */
    private int generation;

    private boolean isLive;
    private boolean isClosed;
    private boolean isRefusalLogged;
    private long heardNanos;
    private long askedNanos;
    private long retryNanos = System.nanoTime();
    private long pauseNanos = FIRST_PAUSE_NANOS;

    /**
     * @param silence how long the node may owe an answer
     * @param onMessage told each message
     * @param onChange told when the subscription begins, ends, or gives a sign of life
     */
    Subscription(
            Vertx vertx,
            RedisConnector connector,
            Endpoint endpoint,
            RevocationChannel channel,
            Duration silence,
            Consumer<String> onMessage,
            Runnable onChange) {
        this.vertx = vertx;
        this.connector = connector;
        this.endpoint = endpoint;
        this.channel = channel;
        this.silenceNanos = silence.toNanos();
        this.onMessage = onMessage;
        this.onChange = onChange;
    }

    /** Whether everything is heard that is published at the node. */
    boolean isLive() {
        return isLive;
    }

    /** Up to when all was heard that was published, on the clock of nanoTime. */
    long heardNanos() {
        return heardNanos;
    }

    /** Connects if that is due; asks for a sign of life, or gives up a connection that owes one for too long. */
    void tick(long nowNanos) {
        if (connection != null) {
            Long oldest = pings.peek();
            if (nowNanos - (oldest != null ? oldest : askedNanos) > silenceNanos && (oldest != null || !isLive)) {
                drop("no answer in time");
            } else if (isLive) {
                ping(nowNanos);
            }
        } else if (client != null) {
            if (nowNanos - askedNanos > silenceNanos) {
                drop("no connection in time");
            }
        } else if (!isClosed && nowNanos - retryNanos >= 0) {
            connect(nowNanos);
        }
    }

    private void connect(long nowNanos) {
        int attempt = ++generation;
        askedNanos = nowNanos;
        open().onComplete(made -> {
            if (attempt != generation) {
                return;
            }
            if (made.succeeded()) {
                connected(made.result(), attempt);
            } else {
                drop(String.valueOf(made.cause().getClass().getSimpleName()));
            }
        });
    }

    private Future<RedisConnection> open() {
        try {
            Redis opened = connector.client(vertx, endpoint);
            client = opened;
            return opened.connect();
        } catch (RuntimeException refused) {
            // The client does not even try an address that it can not read.
            return Future.failedFuture(refused);
        }
    }

    private void connected(RedisConnection made, int attempt) {
        connection = made;
        made.handler(message -> received(message, attempt));
        made.endHandler(ended -> dropIf(attempt, "the connection was closed"));
        made.exceptionHandler(failed -> dropIf(attempt, "the connection failed"));
        // Who may not publish here, may not elsewhere: nothing would ever be heard.
        made.send(Request.cmd(Command.PUBLISH).arg(channel.bytes()).arg(RevocationChannel.HELLO))
                .onSuccess(heard -> subscribe(made, attempt))
                .onFailure(failure -> refused(attempt, failure));
    }

    private void subscribe(RedisConnection made, int attempt) {
        if (attempt == generation) {
            askedNanos = System.nanoTime();
            made.send(Request.cmd(Command.SUBSCRIBE).arg(channel.bytes()))
                    .onFailure(failure -> refused(attempt, failure));
        }
    }

    private void refused(int attempt, Throwable failure) {
        if (attempt != generation) {
            return;
        }
        String message = String.valueOf(failure.getMessage());
        if (message.startsWith("NOPERM") && !isRefusalLogged) {
            isRefusalLogged = true;
            LOG.warnf(
                    "The Redis user may not publish or not subscribe: the near cache is of no use; channel=%s",
                    channel.name());
        }
        drop("refused");
    }

    private void ping(long nowNanos) {
        RedisConnection current = connection;
        int attempt = generation;
        if (current != null) {
            pings.add(nowNanos);
            current.send(Request.cmd(Command.PING))
                    .onSuccess(answer -> received(answer, attempt))
                    .onFailure(failure -> dropIf(attempt, "no answer"));
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
            default -> LOG.debug("Something else was heard than revocations");
        }
    }

    private static String kind(Response response) {
        return response.type() == ResponseType.MULTI && response.size() > 0
                ? String.valueOf(response.get(0))
                : String.valueOf(response).toLowerCase(java.util.Locale.ROOT);
    }

    private void live() {
        isLive = true;
        heardNanos = askedNanos;
        pauseNanos = FIRST_PAUSE_NANOS;
        onChange.run();
    }

    private void pong() {
        Long sent = pings.poll();
        if (sent != null) {
            heardNanos = sent;
            onChange.run();
        }
    }

    private void dropIf(int attempt, String reason) {
        if (attempt == generation) {
            drop(reason);
        }
    }

    private void drop(String reason) {
        LOG.debugf("A subscription ended; reason=%s", reason);
        disconnect();
        retryNanos = System.nanoTime() + pauseNanos;
        vertx.setTimer(Duration.ofNanos(pauseNanos).toMillis() + 1, fired -> tick(System.nanoTime()));
        pauseNanos = Math.min(2 * pauseNanos, LAST_PAUSE_NANOS);
        onChange.run();
    }

    private void disconnect() {
        generation++;
        isLive = false;
        connection = null;
        pings.clear();
        if (client != null) {
            client.close();
            client = null;
        }
    }

    /** Ends it for good. */
    void close() {
        isClosed = true;
        disconnect();
    }
}
