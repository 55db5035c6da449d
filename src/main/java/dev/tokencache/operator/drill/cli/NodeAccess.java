package dev.tokencache.operator.drill.cli;

import dev.tokencache.operator.drill.Nodes;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.operator.nodes.NodeLogin;
import dev.tokencache.redis.Endpoint;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Waits for the replies of nodes. */
final class NodeAccess implements Nodes, AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** {@code MIGRATE} has a timeout of its own. */
    private static final Duration SLOW_TIMEOUT = Duration.ofSeconds(12);

    private final Vertx vertx = Vertx.vertx();
    private final List<Endpoint> seeds;
    private final NodeLogin login;
    private final NodeClients clients;

    NodeAccess(List<Endpoint> seeds, NodeLogin login) {
        this.seeds = seeds;
        this.login = login;
        this.clients = clients(login);
    }

    private NodeClients clients(NodeLogin as) {
        return new NodeClients(vertx, as.connector(seeds, TIMEOUT), TIMEOUT);
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
        try (NodeClients other = clients(new NodeLogin(user, password, login.isTls(), login.authority()))) {
            return send(other, node, "PING") != null;
        } catch (Failure refused) {
            return false;
        }
    }

    @Override
    public List<String> migrateLogin() {
        if (login.password().isEmpty()) {
            return List.of();
        }
        return login.user().isEmpty()
                ? List.of("AUTH", login.password())
                : List.of("AUTH2", login.user(), login.password());
    }

    private static @Nullable Response send(NodeClients to, Endpoint node, String... command) {
        Duration limit = command[0].equals("MIGRATE") ? SLOW_TIMEOUT : TIMEOUT;
        String[] arguments = new String[command.length - 1];
        System.arraycopy(command, 1, arguments, 0, arguments.length);
        try {
            return to.send(limit, node, command[0], arguments)
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
        vertx.close();
    }
}
