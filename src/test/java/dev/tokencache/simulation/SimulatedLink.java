package dev.tokencache.simulation;

import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.simulation.SimulatedNetwork.Pipe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A connection from a service to a simulated node: what production has below {@link NodeLink}, in virtual time. */
final class SimulatedLink implements NodeLink {

    private final SimulatedProcess client;
    private final SimulatedNode node;
    private final Pipe out;
    private final Pipe in;
    private final Queue<Promise<@Nullable Response>> unanswered = new ArrayDeque<>();
    private Runnable onClose = () -> {};
    private @Nullable Session session;

    SimulatedLink(SimulatedNetwork network, SimulatedProcess client, String host, SimulatedNode node) {
        this.client = client;
        this.node = node;
        this.out = network.pipe(host, node.host());
        this.in = network.pipe(node.host(), host);
    }

    /** One round trip for the socket, and one for the login. */
    @Override
    public Future<Void> connect(Runnable closeHandler) {
        onClose = closeHandler;
        Promise<Void> connected = Promise.promise();
        out.send(() -> {
            SimulatedNode.Run run = node.run();
            if (run == null) {
                toClient(() -> connected.fail(new ConnectException()));
            } else {
                session = run.accept(() -> toClient(this::closed));
                toClient(() -> out.send(() -> toSession(() -> toClient(connected::complete))));
            }
        });
        return connected.future();
    }

    @Override
    public Future<@Nullable Response> send(Request request) {
        Promise<@Nullable Response> promise = Promise.promise();
        unanswered.add(promise);
        List<String> words = Replies.words(request);
        out.send(() -> toSession(() -> session.receive(words, reply -> toClient(() -> answered(reply)))));
        return promise.future();
    }

    private void answered(@Nullable Object reply) {
        Promise<@Nullable Response> oldest = unanswered.remove();
        Response response = Replies.response(reply);
        if (response instanceof Throwable error) {
            oldest.fail(error);
        } else {
            oldest.complete(response);
        }
    }

    private void toClient(Runnable arrival) {
        in.send(() -> client.run(arrival));
    }

    /** Runs a task unless the process has ended: then its host resets the connection. */
    private void toSession(Runnable arrival) {
        if (session == null || session.isOver()) {
            toClient(this::closed);
        } else {
            arrival.run();
        }
    }

    private void closed() {
        onClose.run();
    }

    /** What was sent before still arrives, perhaps much later; no reply does. */
    @Override
    public void close() {
        in.close();
        out.send(() -> {
            if (session != null) {
                session.close();
            }
        });
    }
}
