package dev.tokencache.redis.command;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.connection.ConnectionCommand;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.PipelinedConnection;
import dev.tokencache.redis.topology.ShardBreakers;
import dev.tokencache.redis.topology.Topology;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way to the node that serves its slot: follows redirections, waits for a new master, is sent again if
 * its answer was lost, and, if it only reads, asks a replica while the master is silent; all of it until its deadline.
 */
final class RoutedCommand extends ConnectionCommand {

    private static final int MAX_REDIRECTIONS = 5;
    private static final long FIRST_WAIT_MILLIS = 10;
    private static final long LAST_WAIT_MILLIS = 160;

    /** What a command does to the data. */
    enum Kind {
        /** Nothing: a replica may answer it. */
        READ,
        /** It changes something. */
        WRITE,
        /** It changes something that must reach replicas before it is answered. */
        REPLICATED_WRITE
    }

    /**
     * What all commands on one loop share.
     *
     * @param commandNanos how long a node may take to answer; nothing is sent when less is left
     * @param waitNanos how long replicas may take besides
     * @param readReplicaNanos after how long a silence of a master its replica is asked; 0 for never
     */
    record Route(
            Vertx vertx,
            EventLoopConnections loop,
            Topology topology,
            ShardBreakers breakers,
            RouterEvents events,
            long commandNanos,
            long waitNanos,
            long readReplicaNanos) {}

    private final int slot;
    private final Kind kind;
    private final Route route;
    private final Deadline deadline;
    private final Promise<RoutedReply> promise;
    private @Nullable Endpoint admittedBy;
    private boolean isAskingReplica;
    private boolean isUnderReplicated;
    /** When the master first said that it can not serve now; 0 if it never did. */
    private long refusedSinceNanos;

    private int redirections;
    private long waitMillis = FIRST_WAIT_MILLIS;

    RoutedCommand(int slot, Request request, Kind kind, Route route, Deadline deadline, Promise<RoutedReply> promise) {
        super(request);
        this.slot = slot;
        this.kind = kind;
        this.route = route;
        this.deadline = deadline;
        this.promise = promise;
    }

    /** Starts on its way; called once. */
    void start() {
        if (route.loop().callStarted()) {
            dispatch();
        } else {
            route.events().shed();
            promise.tryFail(new RouteException("too many calls are under way"));
        }
    }

    private void dispatch() {
        Endpoint master = route.topology().slots().master(slot);
        if (master == null) {
            tryLater("no node serves the slot");
            return;
        }
        PipelinedConnection pipe = route.loop().pipe(master);
        PipelinedConnection readReplica = readReplicaFor(pipe);
        isAskingReplica = readReplica != null;
        if (readReplica != null) {
            readReplica.send(this);
        } else if (isAdmittedBy(master)) {
            sendTo(pipe);
        } else {
            fail("the breaker is open");
        }
    }

    private void sendTo(PipelinedConnection master) {
        isUnderReplicated = false;
        if (kind == Kind.REPLICATED_WRITE) {
            route.loop().replicated(master.endpoint()).send(this);
        } else {
            master.send(this);
        }
    }

    /** The pipe to a replica, if the master serves nobody and a replica knows enough to stand in for it. */
    private @Nullable PipelinedConnection readReplicaFor(PipelinedConnection master) {
        if (kind != Kind.READ || route.readReplicaNanos() == 0 || !isOutOfService(master)) {
            return null;
        }
        Endpoint replica = route.topology().readReplica(slot);
        PipelinedConnection pipe = replica == null ? null : route.loop().readReplica(replica);
        return pipe != null && pipe.isReady() ? pipe : null;
    }

    /** Whether a master has been silent, or loading its data, for so long that a replica is asked. */
    private boolean isOutOfService(PipelinedConnection master) {
        return (master.isSilentFor(route.readReplicaNanos()) && !mayHaveAnswered(master))
                || (refusedSinceNanos != 0 && System.nanoTime() - refusedSinceNanos >= route.readReplicaNanos());
    }

    /** Without a connection there is no answer that could be here unread. */
    private boolean mayHaveAnswered(PipelinedConnection master) {
        return master.isReady() && route.loop().stoodStill();
    }

    private boolean isAdmittedBy(Endpoint master) {
        if (admittedBy == null && route.breakers().admits(master)) {
            admittedBy = master;
        }
        return admittedBy != null;
    }

    @Override
    public void answered(@Nullable Response response) {
        end();
        if (isUnderReplicated) {
            route.events().underReplicated();
        }
        promise.tryComplete(new RoutedReply(response, isAskingReplica, !isUnderReplicated));
    }

    @Override
    public void underReplicated() {
        isUnderReplicated = true;
    }

    @Override
    public void refused(PipelinedConnection by, String message) {
        ErrorReply refusal =
                ErrorReply.of(message, by.endpoint().host(), route.topology().addresses());
        if (refusal instanceof ErrorReply.Final) {
            end();
            promise.tryFail(new RedisErrorException(message));
        } else if (isAskingReplica) {
            // It is no replica of this slot any more: who is, the next map tells.
            route.topology().refreshSoon();
            tryLater("the replica does not serve the slot");
        } else if (refusal instanceof ErrorReply.Moved moved) {
            route.events().moved();
            route.topology().moved(moved.slot(), moved.endpoint());
            redirect(route.loop().pipe(moved.endpoint()), false);
        } else if (refusal instanceof ErrorReply.Ask ask) {
            route.events().asked();
            redirect(route.loop().pipe(ask.endpoint()), true);
        } else {
            if (refusedSinceNanos == 0) {
                refusedSinceNanos = System.nanoTime();
            }
            route.topology().refreshSoon();
            tryLater("the cluster can not run it now");
        }
    }

    private void redirect(PipelinedConnection target, boolean asking) {
        if (++redirections > MAX_REDIRECTIONS) {
            // Two nodes that each name the other: a new map will know more.
            redirections = 0;
            tryLater("redirected again and again");
        } else if (asking && target.isReady()) {
            // Not on the connection that waits: who writes to a slot on its way is told that nobody waited.
            isUnderReplicated = kind == Kind.REPLICATED_WRITE;
            target.sendAsking(this);
        } else if (asking) {
            // Its connection is just being made. The slot's present owner sends us back here by then.
            tryLater("no connection to a node yet");
        } else {
            sendTo(target);
        }
    }

    @Override
    public void notSent() {
        tryLater("no connection to a node");
    }

    @Override
    public void overloaded() {
        route.events().shed();
        fail("too many commands wait for one node");
    }

    @Override
    public void lost() {
        tryLater("the connection was lost before the answer came");
    }

    /** Tries again a little later, on a new route, if there is still time for an answer then. */
    private void tryLater(String reason) {
        long needed = route.commandNanos() + (kind == Kind.REPLICATED_WRITE ? route.waitNanos() : 0);
        long left = deadline.nanosLeft() - needed;
        if (left <= 0 || route.topology().isHopeless()) {
            fail(reason);
            return;
        }
        long jittered = waitMillis / 2 + ThreadLocalRandom.current().nextLong(waitMillis);
        waitMillis = Math.min(2 * waitMillis, LAST_WAIT_MILLIS);
        route.vertx().setTimer(Math.max(1, Math.min(jittered, left / 1_000_000)), fired -> dispatch());
    }

    /** The call ends with an answer, good or bad. */
    private void end() {
        route.loop().callEnded();
        if (admittedBy != null) {
            route.breakers().answered(admittedBy);
        }
    }

    /** The call ends without an answer. */
    private void fail(String reason) {
        route.loop().callEnded();
        RouteException failure = new RouteException(reason);
        // A master that was replaced meanwhile needs no breaker: nobody asks it any more.
        if (admittedBy != null && admittedBy.equals(route.topology().slots().master(slot))) {
            route.breakers().failed(admittedBy, failure);
        }
        promise.tryFail(failure);
    }
}
