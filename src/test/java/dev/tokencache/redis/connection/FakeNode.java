package dev.tokencache.redis.connection;

import dev.tokencache.redis.Reply;
import dev.tokencache.redis.Time;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import io.vertx.redis.client.impl.types.ErrorType;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A Redis node in memory. It replies to each request when its responder or the test says so, always in order. */
public final class FakeNode {

    private enum Port {
        ACCEPTS,
        REFUSES,
        HANGS
    }

    private final List<Link> links = new ArrayList<>();
    private Port port = Port.ACCEPTS;
    private Function<String, @Nullable Object> identity = request -> null;
    private Function<String, @Nullable Object> responder = request -> null;
    private Consumer<Runnable> network = Runnable::run;

    /** Refuses new connections. */
    public void refuse() {
        port = Port.REFUSES;
    }

    /** Leaves new connections unfinished until {@link Link#accept}. */
    public void hang() {
        port = Port.HANGS;
    }

    /** Accepts new connections. */
    public void accept() {
        port = Port.ACCEPTS;
    }

    /**
     * Replies immediately to some requests.
     *
     * @param newResponder returns a {@link Response}, an {@link #error}, or null to leave a request such as {@code get a}
     *     pending
     */
    public void respond(Function<String, @Nullable Object> newResponder) {
        responder = newResponder;
    }

    /** Makes each round trip take this long from now on. */
    public void delay(Time time, Duration roundTrip) {
        network = arrival -> time.schedule(roundTrip, arrival);
    }

    /** What the node knows of itself and its cluster, for {@link #respond}. */
    public @Nullable Object identity(String request) {
        return identity.apply(request);
    }

    /** Changes what the node knows of itself and its cluster. */
    public void identify(Function<String, @Nullable Object> newIdentity) {
        identity = newIdentity;
    }

    /** An error reply, for {@link #respond}. */
    public static Object error(String message) {
        return ErrorType.create(message);
    }

    /** Closes all connections and refuses new ones. */
    public void kill() {
        refuse();
        List.copyOf(links).forEach(Link::drop);
    }

    /** Accepts all connections that hang, and replies to all requests that are pending. */
    public void resume() {
        accept();
        List.copyOf(links).forEach(Link::resume);
    }

    /** Closes all connections and accepts new ones. */
    public void restart() {
        List.copyOf(links).forEach(Link::drop);
    }

    /** How many connection attempts there were. */
    public int attempts() {
        return links.size();
    }

    /** The link of the latest attempt. */
    public Link link() {
        return links.get(links.size() - 1);
    }

    /** Every request received on any link. */
    public List<String> received() {
        return links.stream().flatMap(link -> link.sent.stream()).toList();
    }

    NodeLink newLink() {
        Link link = new Link();
        links.add(link);
        return link;
    }

    /** One connection to the node. */
    public final class Link implements NodeLink {

        private final class Pending {
            private final String request;
            private final Promise<@Nullable Response> promise = Promise.promise();
            private @Nullable Object reply;

            private Pending(String request) {
                this.request = request;
            }
        }

        private final Promise<Void> connected = Promise.promise();
        private final Deque<Pending> pending = new ArrayDeque<>();
        private final List<String> sent = new ArrayList<>();
        private Runnable onClose = () -> {};
        private boolean isClosed;

        @Override
        public void onMessage(Consumer<@Nullable Response> handler) {
            throw new UnsupportedOperationException("a fake node publishes nothing");
        }

        @Override
        public Future<Void> connect(Runnable closeHandler) {
            onClose = closeHandler;
            switch (port) {
                // One round trip for the socket, one for the login.
                case ACCEPTS -> network.accept(() -> network.accept(this::accept));
                case REFUSES -> connected.fail(new ConnectException());
                case HANGS -> {}
            }
            return connected.future();
        }

        /** Finishes a connection attempt that hangs. */
        public void accept() {
            connected.tryComplete();
        }

        @Override
        public Future<@Nullable Response> send(Request request) {
            String text = text(request);
            if (text.equals("time") && !isTime(responder.apply(text))) {
                return Future.succeededFuture(Reply.list(Reply.text("1"), Reply.text("0")));
            }
            sent.add(text);
            Pending added = new Pending(text);
            pending.add(added);
            Object reply = responder.apply(text);
            if (reply != null) {
                network.accept(() -> {
                    added.reply = reply;
                    flush();
                });
            }
            return added.promise.future();
        }

        /** Each connection asks for the time; most tests do not care. */
        private static boolean isTime(@Nullable Object reply) {
            return reply instanceof Throwable || reply instanceof Reply list && list.type() == ResponseType.MULTI;
        }

        private static String text(Request request) {
            return request.toString()
                    .lines()
                    .filter(line -> !line.startsWith("*") && !line.startsWith("$"))
                    .collect(Collectors.joining(" "));
        }

        /** Replies to the oldest request without a reply. */
        public void reply(Object reply) {
            pending.stream()
                    .filter(waiting -> waiting.reply == null)
                    .findFirst()
                    .orElseThrow()
                    .reply = reply;
            flush();
        }

        private void resume() {
            accept();
            for (Pending waiting : pending) {
                if (waiting.reply == null) {
                    waiting.reply = responder.apply(waiting.request);
                }
            }
            flush();
        }

        private void flush() {
            Queue<Pending> ready = new ArrayDeque<>();
            while (!pending.isEmpty() && pending.peek().reply != null) {
                ready.add(pending.remove());
            }
            for (Pending done : ready) {
                if (done.reply instanceof Throwable error) {
                    done.promise.fail(error);
                } else {
                    done.promise.complete((Response) done.reply);
                }
            }
        }

        /** Ends the connection, as the node or the network does. */
        public void drop() {
            onClose.run();
        }

        public List<String> sent() {
            return List.copyOf(sent);
        }

        public boolean isClosed() {
            return isClosed;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }
}
