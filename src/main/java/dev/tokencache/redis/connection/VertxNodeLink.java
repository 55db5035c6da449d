package dev.tokencache.redis.connection;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.PooledRedisConnection;
import io.vertx.redis.client.impl.RedisConnectionInternal;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A {@link NodeLink} that owns a Vert.x client: only closing the client closes the socket. */
final class VertxNodeLink implements NodeLink {

    private static final Request PING = Request.cmd(Command.PING);

    private final Supplier<Redis> clients;
    private final boolean hasPassword;
    private @Nullable Consumer<@Nullable Response> onMessage;
    private @Nullable Redis client;
    private @Nullable RedisConnection connection;

    /** @param hasPassword whether the client authenticates */
    VertxNodeLink(Supplier<Redis> clients, boolean hasPassword) {
        this.clients = clients;
        this.hasPassword = hasPassword;
    }

    @Override
    public Future<Void> connect(Runnable onClose) {
        Promise<Void> promise = Promise.promise();
        try {
            Redis created = clients.get();
            client = created;
            created.connect().compose(this::checked).onComplete(done -> {
                if (done.succeeded()) {
                    connected(done.result(), onClose);
                    promise.complete();
                } else {
                    promise.fail(done.cause());
                }
            });
        } catch (RuntimeException malformed) {
            // The client throws for an address that it cannot parse, such as a host name with an underscore.
            promise.fail(malformed);
        }
        return promise.future();
    }

    /** Without a password the client does not notice that Redis requires one. */
    private Future<RedisConnection> checked(RedisConnection opened) {
        return hasPassword
                ? Future.succeededFuture(opened)
                : opened.send(PING)
                        .map(opened)
                        .recover(failure -> String.valueOf(failure.getMessage()).startsWith("NOAUTH")
                                ? Future.failedFuture(failure)
                                : Future.succeededFuture(opened));
    }

    private void connected(RedisConnection opened, Runnable onClose) {
        opened.endHandler(ended -> onClose.run());
        opened.exceptionHandler(failed -> onClose.run());
        if (onMessage != null) {
            opened.handler(onMessage::accept);
        }
        FlushCoalescing.enable(opened);
        connection = withoutReports(opened);
    }

    /**
     * The connection that the client's pool wraps. The wrapper describes the node in a dozen strings for each command, even if
     * there is no tracer and no metrics to report it to, which is 2 to 7 % of the CPU time of a call.
     */
    private static RedisConnection withoutReports(RedisConnection opened) {
        if (opened instanceof PooledRedisConnection pooled) {
            RedisConnectionInternal actual = pooled.actual();
            if (actual.vertx().tracer() == null && actual.metrics() == null) {
                return actual;
            }
        }
        return opened;
    }

    @Override
    public void onMessage(Consumer<@Nullable Response> handler) {
        onMessage = handler;
    }

    @Override
    public Future<@Nullable Response> send(Request request) {
        return Objects.requireNonNull(connection, "not connected").send(request);
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }
}
