package dev.tokencache.redis.command;

import dev.tokencache.redis.Backoff;
import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouteException;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.RouterEvents.Distrust;
import dev.tokencache.redis.RouterEvents.Event;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.ConnectionCommand;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.NodeClock;
import dev.tokencache.redis.connection.PipelinedConnection;
import dev.tokencache.redis.topology.ReplicaChoice;
import dev.tokencache.redis.topology.ShardBreakers;
import dev.tokencache.redis.topology.Topology;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One command routed to the master of its slot. Until its deadline it follows redirections, waits for a new master, and is
 * sent again if its reply was lost. A read falls back to a replica while the master is silent. Belongs to one event loop.
 */
final class RoutedCommand extends ConnectionCommand {

    private static final int MAX_REDIRECTIONS = 5;
    private static final Duration FIRST_RETRY = Duration.ofMillis(10);
    private static final Duration MAX_RETRY = Duration.ofMillis(160);

    enum Kind {
        /** Changes nothing; a replica may serve it. */
        READ,
        /** Changes nothing; must not delay others, and is sent once. */
        SCAN,
        /** Changes data. */
        WRITE,
        /** Changes data, and must reach replicas before its reply is reported. */
        REPLICATED_WRITE
    }

    /**
     * What all commands on one event loop share.
     *
     * @param replicaReadNanos how long a master must be silent before a replica serves its reads; 0 for never
     */
    record Route(
            Time time,
            EventLoopConnections connections,
            Topology topology,
            ShardBreakers breakers,
            RouterEvents events,
            long replicaReadNanos) {}

    private final @Nullable Request plain;
    private final @Nullable FencedRequest fenced;
    private final int slot;
    private final Kind kind;
    private final Route route;
    private final Deadline deadline;
    private final Promise<RoutedReply> promise;
    private @Nullable Endpoint admittedMaster;
    private boolean isReplicaRead;
    private boolean isUnderReplicated;
    /** When a node first replied that it cannot serve the command now; 0 if none did. */
    private long unservedSinceNanos;

    /** Why a reply, or a replica that could have replied, was not trusted; null if none was refused. */
    private @Nullable Distrust distrust;

    private int redirections;
    /** Created by the first retry: most commands need none. */
    private @Nullable Backoff retryBackoff;

    RoutedCommand(
            int slot,
            @Nullable Request plain,
            @Nullable FencedRequest fenced,
            Kind kind,
            Route route,
            Deadline deadline,
            Promise<RoutedReply> promise) {
        this.plain = plain;
        this.fenced = fenced;
        this.slot = slot;
        this.kind = kind;
        this.route = route;
        this.deadline = deadline;
        this.promise = promise;
    }

    @Override
    protected Request request(NodeClock clock) {
        return fenced == null
                ? Objects.requireNonNull(plain, "a command has a request")
                : fenced.until(clock.millisAt(deadline.nanos()));
    }

    /** Sends the command, unless too many calls are in flight; called once. */
    void start() {
        if (route.connections().tryStartCall()) {
            dispatch();
        } else {
            route.events().happened(Event.SHED);
            promise.tryFail(new RouteException("too many calls in flight"));
        }
    }

    private void dispatch() {
        Endpoint master = route.topology().slots().master(slot);
        if (master == null) {
            retry("no node serves the slot");
            return;
        }
        PipelinedConnection connection = route.connections().connection(master);
        PipelinedConnection replica = replicaFor(connection);
        isReplicaRead = replica != null;
        if (replica != null) {
            replica.send(this);
        } else if (isAdmitted(master)) {
            sendTo(connection);
        } else if (kind == Kind.READ && route.topology().isHandover(master)) {
            retry("the master is being replaced");
        } else {
            fail("circuit breaker open");
        }
    }

    private void sendTo(PipelinedConnection master) {
        isUnderReplicated = false;
        if (kind == Kind.REPLICATED_WRITE) {
            route.connections().waitConnection(master.endpoint()).send(this);
        } else if (kind == Kind.SCAN) {
            route.connections().scanConnection(master.endpoint()).send(this);
        } else {
            master.send(this);
        }
    }

    /** The connection to a replica that may answer if the master is out of service, else null. */
    private @Nullable PipelinedConnection replicaFor(PipelinedConnection master) {
        if (kind != Kind.READ || route.replicaReadNanos() == 0 || !isOutOfService(master)) {
            return null;
        }
        ReplicaChoice choice = route.topology().readReplica(slot, unservedSinceNanos);
        if (choice instanceof ReplicaChoice.Trusted trusted) {
            PipelinedConnection connection = route.connections().replicaConnection(trusted.replica());
            return connection != null && connection.isReadySince(trusted.observedNanos()) ? connection : null;
        }
        if (choice instanceof ReplicaChoice.Refused refused) {
            distrust = refused.reason();
        }
        return null;
    }

    /** Whether the master has been silent, or unable to serve this command, for long enough to read from a replica. */
    private boolean isOutOfService(PipelinedConnection master) {
        return (master.isSilentFor(route.replicaReadNanos()) && !mayHaveReplied(master))
                || (unservedSinceNanos != 0
                        && route.time().nanoTime() - unservedSinceNanos >= route.replicaReadNanos());
    }

    /** After a stall of this event loop a reply may wait in the socket, if there is a connection at all. */
    private boolean mayHaveReplied(PipelinedConnection master) {
        return master.isReady() && route.connections().isStalled();
    }

    private boolean isAdmitted(Endpoint master) {
        if (admittedMaster == null && route.breakers().admits(master)) {
            admittedMaster = master;
        }
        return admittedMaster != null;
    }

    @Override
    public void onReply(@Nullable Response response) {
        if (route.topology().isCutOff()) {
            distrust = Distrust.MINORITY;
            retryInTime("too few masters reply");
            return;
        }
        endWithReply();
        if (isUnderReplicated) {
            route.events().happened(Event.UNDER_REPLICATED);
        }
        promise.tryComplete(new RoutedReply(response, isReplicaRead, !isUnderReplicated));
    }

    @Override
    public void onUnderReplicated() {
        isUnderReplicated = true;
    }

    @Override
    public void onError(PipelinedConnection source, String message) {
        ErrorReply error = ErrorReply.of(
                message, source.endpoint().host(), route.topology().addresses());
        if (error instanceof ErrorReply.Final) {
            endWithReply();
            promise.tryFail(new RedisErrorException(message));
        } else if (error instanceof ErrorReply.Late late) {
            source.clock().calibrate(late.nodeMillis(), route.time().nanoTime());
            retry("the node refused the command as late");
        } else if (isReplicaRead) {
            // No longer a replica of this slot's master; the next map names the current ones.
            route.topology().refreshSoon();
            retry("the replica does not serve the slot");
        } else if (error instanceof ErrorReply.Moved moved) {
            route.events().happened(Event.MOVED);
            route.topology().moved(slot, moved.endpoint());
            redirect(route.connections().connection(moved.endpoint()), false);
        } else if (error instanceof ErrorReply.Ask ask) {
            route.events().happened(Event.ASKED);
            redirect(route.connections().connection(ask.endpoint()), true);
        } else {
            if (unservedSinceNanos == 0) {
                unservedSinceNanos = route.time().nanoTime();
            }
            route.topology().refreshSoon();
            retry("the cluster cannot serve the command now");
        }
    }

    private void redirect(PipelinedConnection target, boolean isAsk) {
        if (++redirections > MAX_REDIRECTIONS) {
            // Two nodes redirect to each other. A later slot map resolves this.
            redirections = 0;
            retry("too many redirections");
        } else if (isAsk && target.isReady()) {
            // Not on the WAIT connection, so a write to a migrating slot is reported as under-replicated.
            isUnderReplicated = kind == Kind.REPLICATED_WRITE;
            target.sendAsking(this);
        } else if (isAsk) {
            // The connection is being established. By the time of the retry, the slot's owner redirects here again.
            retry("no connection to the node yet");
        } else {
            sendTo(target);
        }
    }

    @Override
    protected boolean isExpired(long nowNanos) {
        return deadline.nanos() - nowNanos <= 0;
    }

    /** Another node serves the slot by now, or a replica can serve the read. */
    @Override
    protected boolean hasAlternative(PipelinedConnection silent) {
        if (isReplicaRead || !silent.endpoint().equals(route.topology().slots().master(slot))) {
            return true;
        }
        return replicaFor(silent) != null;
    }

    @Override
    public void onExpired() {
        fail("no reply in time");
    }

    @Override
    public void onNotSent() {
        retry("no connection to the node");
    }

    @Override
    public void onOverload() {
        route.events().happened(Event.SHED);
        fail("too many commands in flight to one node");
    }

    @Override
    public void onLost() {
        if (kind == Kind.SCAN) {
            // The node may still be busy with it.
            fail("connection lost before the reply to a scan");
        } else {
            retry("connection lost before the reply");
        }
    }

    /** Routes the command again after a delay, unless no node replies to anything. */
    private void retry(String reason) {
        if (route.topology().isHopeless()) {
            fail(reason);
        } else {
            retryInTime(reason);
        }
    }

    /** Routes the command again after a delay, or fails if its deadline passes before. */
    private void retryInTime(String reason) {
        long left = deadline.nanosLeft(route.time());
        if (left <= 0) {
            fail(reason);
            return;
        }
        Backoff backoff = retryBackoff;
        if (backoff == null) {
            backoff = new Backoff(FIRST_RETRY, MAX_RETRY, route.time().random());
            retryBackoff = backoff;
        }
        long delay = Math.min(backoff.next().toNanos(), left);
        route.time().schedule(Duration.ofNanos(delay), () -> dispatchAgain(reason));
    }

    /** @param reason why the command was not sent, or has no reply yet */
    private void dispatchAgain(String reason) {
        if (isExpired(route.time().nanoTime())) {
            fail(reason);
        } else {
            dispatch();
        }
    }

    /** Ends the call with a reply, which may be an error reply. */
    private void endWithReply() {
        route.connections().callEnded();
        if (admittedMaster != null) {
            route.breakers().replied(admittedMaster);
        }
    }

    private void fail(String reason) {
        route.connections().callEnded();
        if (distrust != null) {
            route.events().distrusted(distrust);
        }
        RouteException failure = new RouteException(reason);
        // A master that was replaced in the meantime receives no more calls, so it needs no breaker.
        if (admittedMaster != null
                && admittedMaster.equals(route.topology().slots().master(slot))) {
            route.breakers().failed(admittedMaster, failure);
        }
        promise.tryFail(failure);
    }
}
