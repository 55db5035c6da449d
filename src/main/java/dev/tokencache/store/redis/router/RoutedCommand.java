package dev.tokencache.store.redis.router;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way to the node that serves its slot: follows redirections and waits for a new master, until its
 * deadline. It goes on only as long as no node can have run it; see {@link Refusal} and {@link PipeCommand#lost}.
 */
final class RoutedCommand extends PipeCommand {

    private static final int MAX_REDIRECTIONS = 5;
    private static final long FIRST_WAIT_MILLIS = 10;
    private static final long LAST_WAIT_MILLIS = 160;

    private final int slot;
    private final Promise<@Nullable Response> promise;
    private final Vertx vertx;
    private final LoopRouter loop;
    private final Topology topology;
    private final RouterEvents events;
    private final long deadlineNanos;
    private int redirections;
    private long waitMillis = FIRST_WAIT_MILLIS;

    RoutedCommand(
            int slot,
            Request request,
            Promise<@Nullable Response> promise,
            Vertx vertx,
            LoopRouter loop,
            Topology topology,
            RouterEvents events,
            long deadlineNanos) {
        super(request);
        this.slot = slot;
        this.promise = promise;
        this.vertx = vertx;
        this.loop = loop;
        this.topology = topology;
        this.events = events;
        this.deadlineNanos = deadlineNanos;
    }

    void dispatch() {
        Endpoint master = topology.slots().master(slot);
        if (master == null) {
            waitForMaster("no node serves the slot");
        } else {
            loop.pipe(master).send(this);
        }
    }

    @Override
    void answered(@Nullable Response response) {
        promise.tryComplete(response);
    }

    @Override
    void refused(NodePipe by, String message) {
        Refusal refusal = Refusal.of(message, by.endpoint().host(), topology.addresses());
        if (refusal instanceof Refusal.Moved moved) {
            events.moved();
            topology.moved(moved.slot(), moved.endpoint());
            redirect(loop.pipe(moved.endpoint()), false);
        } else if (refusal instanceof Refusal.Ask ask) {
            events.asked();
            redirect(loop.pipe(ask.endpoint()), true);
        } else if (refusal instanceof Refusal.TryLater later) {
            topology.refreshSoon();
            waitForMaster(later.reason());
        } else {
            promise.tryFail(new RedisErrorException(message));
        }
    }

    private void redirect(NodePipe target, boolean asking) {
        if (++redirections > MAX_REDIRECTIONS) {
            // Two nodes that each name the other: a new map will know more.
            redirections = 0;
            waitForMaster("redirected again and again");
        } else if (asking && target.isReady()) {
            target.sendAsking(this);
        } else if (asking) {
            // Its connection is just being made. The slot's present owner sends us back here by then.
            waitForMaster("no connection to a node yet");
        } else {
            target.send(this);
        }
    }

    @Override
    void notSent() {
        waitForMaster("no connection to a node");
    }

    @Override
    void lost() {
        promise.tryFail(new RouteException("the connection was lost before the answer came"));
    }

    private void waitForMaster(String reason) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= waitMillis * 1_000_000 || topology.isHopeless()) {
            promise.tryFail(new RouteException(reason));
            return;
        }
        long jittered = waitMillis / 2 + ThreadLocalRandom.current().nextLong(waitMillis);
        waitMillis = Math.min(2 * waitMillis, LAST_WAIT_MILLIS);
        vertx.setTimer(Math.max(1, jittered), fired -> dispatch());
    }
}
