package dev.tokencache.redis.connection;

import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One socket to one Redis node, used for a single connection attempt and then discarded. All calls and callbacks run on one
 * event loop. {@link RedisConnector} makes the links of production; tests use simulated ones.
 */
public interface NodeLink {

    /** Connects and authenticates, once. {@code onClose} may run more than once, also after {@link #close}. */
    Future<Void> connect(Runnable onClose);

    /** Receives what arrives while no request is pending: the messages of a subscription. To be set before connecting. */
    void onMessage(Consumer<@Nullable Response> handler);

    /**
     * Sends a request. Replies arrive in the order of the requests.
     *
     * @return the reply, null for nil; an error reply fails the future with a {@link Throwable} that is a {@link Response}
     */
    Future<@Nullable Response> send(Request request);

    /** Closes the socket, or stops connecting. */
    void close();
}
