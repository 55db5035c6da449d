package dev.tokencache.operator.drill;

import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.RedisConnector;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Waits for the replies of nodes. Not for event loops. */
public final class NodeAccess implements Nodes, AutoCloseable {

    public static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** {@code MIGRATE} has a timeout of its own. */
    private static final Duration SLOW_TIMEOUT = Duration.ofSeconds(12);

    private final Vertx vertx;
    private final RedisConnector connector;
    private final List<String> login;
    private final NodeClients clients;

    /** @param connector logs in as this user, with this password; both may be empty */
    public NodeAccess(Vertx vertx, RedisConnector connector, String user, String password) {
        this.vertx = vertx;
        this.connector = connector;
        this.login = password.isEmpty()
                ? List.of()
                : user.isEmpty() ? List.of("AUTH", password) : List.of("AUTH2", user, password);
        this.clients = new NodeClients(vertx, connector, TIMEOUT);
    }

    @Override
    public String text(Endpoint node, String... command) {
        Response reply = send(clients, node, command);
        return reply == null ? "" : reply.toString();
    }

    @Override
    public List<String> list(Endpoint node, String... command) {
        Response reply = send(clients, node, command);
        return reply == null
                ? List.of()
                : StreamSupport.stream(reply.spliterator(), false)
                        .map(Response::toString)
                        .toList();
    }

    @Override
    public boolean canLogIn(Endpoint node, String user, String password) {
        try (NodeClients other = new NodeClients(vertx, connector.withLogin(user, password, ""), TIMEOUT)) {
            return send(other, node, "PING") != null;
        } catch (Failure refused) {
            return false;
        }
    }

    @Override
    public List<String> migrateLogin() {
        return login;
    }

    private static @Nullable Response send(NodeClients to, Endpoint node, String... command) {
        Duration limit = command[0].equals("MIGRATE") ? SLOW_TIMEOUT : TIMEOUT;
        try {
            return to.send(limit, node, command[0], Arrays.copyOfRange(command, 1, command.length))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw new Failure(cause == null ? "no reply" : String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        }
    }

    @Override
    public void close() {
        clients.close();
    }
}
