package dev.tokencache.simulation;

import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.simulation.SimulatedNetwork.Pipe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection from a service to a simulated node: what production has below {@link NodeLink}, in virtual time. */
final class SimulatedLink implements NodeLink {

    private final SimulatedProcess client;
    private final SimulatedNode node;
    private final Pipe out;
    private final Pipe in;
    private final Queue<Promise<@Nullable Response>> unanswered = new ArrayDeque<>();
    private Runnable onClose = () -> {};
    private Consumer<@Nullable Response> onMessage = message -> {};
    private @Nullable Session session;
    private boolean isClosed;

    SimulatedLink(SimulatedNetwork network, SimulatedProcess client, String host, SimulatedNode node) {
        this.client = client;
        this.node = node;
        this.out = network.pipe(host, node.host());
        this.in = network.pipe(node.host(), host);
        client.traffic().opened(node.endpoint());
    }

    @Override
    public void onMessage(Consumer<@Nullable Response> handler) {
        onMessage = handler;
    }

    /** One round trip for the socket, and one for the login. */
    @Override
    public Future<Void> connect(Runnable closeHandler) {
        onClose = closeHandler;
        Promise<Void> connected = Promise.promise();
        out.send(() -> {
            SimulatedNode.Run run = node.listening();
            if (run == null) {
                toClient(() -> connected.fail(new ConnectException()));
            } else if (run.node().isPasswordRefused()) {
                toClient(() -> connected.fail(ErrorType.create("WRONGPASS invalid username-password pair")));
            } else {
                session = run.accept(() -> toClient(this::closed));
                session.onPush(message -> toClient(() -> answered(message)));
                toClient(() -> out.send(() -> toSession(() -> run.process().run(() -> toClient(connected::complete)))));
            }
        });
        return connected.future();
    }

    @Override
    public Future<@Nullable Response> send(Request request) {
        Promise<@Nullable Response> promise = Promise.promise();
        List<String> words = Replies.words(request);
        if (words.get(0).equalsIgnoreCase("SUBSCRIBE")) {
            // The client does not wait for its reply, which arrives as a message.
            promise.complete();
        } else {
            unanswered.add(promise);
            client.traffic().sent(words.get(0));
        }
        out.send(() -> toSession(() -> session.receive(words, reply -> toClient(() -> answered(reply)))));
        return promise.future();
    }

    /** As in the Vert.x client, whatever arrives is the reply to the oldest request, and a message if there is none. */
    private void answered(@Nullable Object reply) {
        if (isClosed) {
            return;
        }
        Promise<@Nullable Response> oldest = unanswered.poll();
        Response response = Replies.response(reply);
        if (oldest == null) {
            onMessage.accept(response);
            return;
        }
        client.traffic().answered();
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
        if (isClosed) {
            return;
        }
        isClosed = true;
        client.traffic().closed(node.endpoint(), unanswered.size());
        in.close();
        out.send(() -> {
            if (session != null) {
                session.close();
            }
        });
    }
}
