package dev.tokencache.operator.nodes;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection per node, opened by the first command and again after it was lost. Each call ends within the timeout, and
 * then closes its connection. Thread-safe; futures complete on one event loop.
 */
public final class NodeClients implements AutoCloseable {

    /** Why a command has no reply, without addresses and secrets. */
    public static final class Failure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String code;

        private Failure(String message, String code) {
            super(message, null, false, false);
            this.code = code;
        }

        /** The first word of the error reply, such as {@code NOPERM} or {@code ERR}; empty if there was no reply. */
        public String code() {
            return code;
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final RedisConnector connector;
    private final Duration timeout;
    private final Map<Endpoint, Connection> connections = new HashMap<>();

    /** @param timeout of a call, with connecting and logging in */
    public NodeClients(Vertx vertx, RedisConnector connector, Duration timeout) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.connector = connector;
        this.timeout = timeout;
    }

    /** Sends a command. The reply is null for nil; a failed future has a {@link Failure}. */
    public Future<@Nullable Response> send(Endpoint node, String command, String... arguments) {
        return send(timeout, node, command, arguments);
    }

    /** Sends a command with a timeout of its own: some block. */
    public Future<@Nullable Response> send(Duration limit, Endpoint node, String command, String... arguments) {
        Promise<@Nullable Response> promise = Promise.promise();
        context.runOnContext(here -> send(limit, node, request(command, arguments), promise));
        return promise.future();
    }

    private static Request request(String command, String... arguments) {
        Request request = Request.cmd(Command.create(command));
        for (String argument : arguments) {
            request.arg(argument);
        }
        return request;
    }

    private void send(Duration limit, Endpoint node, Request request, Promise<@Nullable Response> promise) {
        Connection connection = connections.computeIfAbsent(node, Connection::new);
        long timer = vertx.setTimer(Math.max(1, limit.toMillis()), late -> {
            if (promise.tryFail(new Failure("no reply within " + limit.toMillis() + " ms", ""))) {
                connection.drop();
            }
        });
        connection.opened.onComplete(opening -> {
            if (opening.failed()) {
                connection.drop();
                end(promise, timer, new Failure(connector.reason(opening.cause()), ""));
            } else {
                connection.link.send(request).onComplete(done -> {
                    if (done.succeeded()) {
                        vertx.cancelTimer(timer);
                        promise.tryComplete(done.result());
                    } else {
                        end(promise, timer, ofCommand(done.cause()));
                    }
                });
            }
        });
    }

    private void end(Promise<@Nullable Response> promise, long timer, Failure failure) {
        vertx.cancelTimer(timer);
        promise.tryFail(failure);
    }

    private Failure ofCommand(Throwable cause) {
        if (!(cause instanceof Response)) {
            return new Failure("the connection was lost", "");
        }
        String reply = String.valueOf(cause.getMessage());
        String code = reply.split(" ", 2)[0];
        if (reply.startsWith("ERR unknown command") || reply.startsWith("ERR unknown subcommand")) {
            return new Failure("the server does not have this command, or its provider has disabled it", code);
        }
        if (reply.startsWith("NOPERM") || reply.startsWith("NOAUTH")) {
            return new Failure(connector.reason(cause), code);
        }
        // Redis quotes arguments, which may be secrets.
        boolean isPlain = reply.chars().noneMatch(c -> c == '\'' || c == '"' || c == '`');
        return new Failure("reply=" + (isPlain ? reply : code), code);
    }

    @Override
    public void close() {
        context.runOnContext(here -> Map.copyOf(connections).values().forEach(Connection::drop));
    }

    private final class Connection {
        private final Endpoint node;
        private final NodeLink link;
        private final Future<Void> opened;

        Connection(Endpoint node) {
            this.node = node;
            this.link = connector.link(vertx, node);
            this.opened = link.connect(this::drop);
        }

        void drop() {
            connections.remove(node, this);
            link.close();
        }
    }
}
