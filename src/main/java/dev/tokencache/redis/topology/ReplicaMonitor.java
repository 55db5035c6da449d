package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.RouterEvents.Distrust;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.PipelinedConnection;
import dev.tokencache.redis.topology.ShardEvidence.Observation;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Polls the replication offsets of all nodes, and decides from them which replica may answer for a silent master. While a
 * master is silent, it also queries the other masters for whether that one works. Polls run on one event loop;
 * {@link #choose}, {@link #isHandover} and {@link #isAttached} are safe to call from any thread.
 */
public final class ReplicaMonitor {

    static final Duration INTERVAL = Duration.ofMillis(250);

    /** What was reported longer ago than this proves nothing: the node may have failed or restarted since. */
    static final Duration RECENT = Duration.ofSeconds(1);

    private static final Duration MAX_CHOICE_AGE = Duration.ofMillis(10);
    private static final Request INFO = Request.cmd(Command.INFO, "replication");
    private static final Request CLUSTER_NODES = Request.cmd(Command.CLUSTER, "NODES");

    /** The last reply of a master, and the replicas that it had then. */
    private record Master(Observation last, Set<Endpoint> replicas) {}

    private record Chosen(ReplicaChoice choice, long nanos) {}

    private final Time time;
    private final Duration maxLag;
    private final MajorityContact contact;
    private final MasterFailures failures;
    private final Map<Endpoint, Master> masters = new ConcurrentHashMap<>();
    private final Map<Endpoint, Observation> replicas = new ConcurrentHashMap<>();
    /** Recent choices, for the many commands that wait for a silent master. Cleared by each reply. */
    private final Map<Endpoint, Chosen> choices = new ConcurrentHashMap<>();

    private final Map<Endpoint, Long> trusted = new ConcurrentHashMap<>();
    /** Counts the replication streams of masters before Redis 4.0, which have no name. */
    private int unnamedStreams;

    /** @param maxLag how old the last reply of a silent master may be while nothing else proves that it has stopped */
    ReplicaMonitor(Time time, Duration maxLag, MajorityContact contact) {
        this.time = time;
        this.maxLag = maxLag;
        this.contact = contact;
        this.failures = new MasterFailures(time, RECENT);
    }

    /** Polls all nodes, on the event loop of the connections. */
    void check(EventLoopConnections connections, SlotMap slots, Runnable onRoleChange) {
        Map<Endpoint, Set<Endpoint>> shards = slots.shards();
        retain(slots, shards);
        shards.forEach((master, own) -> {
            poll(connections.connection(master), seen -> onMaster(master, own, seen, onRoleChange));
            own.forEach(replica ->
                    poll(connections.connection(replica), seen -> onReplica(replica, master, seen, onRoleChange)));
        });
        if (shards.keySet().stream().anyMatch(master -> isSilent(connections, master))) {
            shards.keySet().stream()
                    .filter(connections::isUp)
                    .map(connections::connection)
                    .forEach(this::queryFailures);
        }
    }

    private void retain(SlotMap slots, Map<Endpoint, Set<Endpoint>> shards) {
        Set<Endpoint> attached = new HashSet<>();
        shards.values().forEach(attached::addAll);
        masters.keySet().retainAll(shards.keySet());
        trusted.keySet().retainAll(shards.keySet());
        replicas.keySet().retainAll(attached);
        failures.retain(slots.firstSlots());
        attached.addAll(shards.keySet());
        contact.check(shards.keySet(), attached);
    }

    private void poll(PipelinedConnection node, Consumer<Observation> receiver) {
        long sent = time.nanoTime();
        node.query(INFO).onComplete(done -> {
            if (done.succeeded() || done.cause() instanceof RedisErrorException) {
                contact.replied(node.endpoint(), sent);
            }
            Response reply = done.result();
            if (reply != null) {
                choices.clear();
                receiver.accept(new Observation(sent, ReplicationInfo.parse(reply.toString())));
            }
        });
    }

    private void onMaster(Endpoint master, Set<Endpoint> own, Observation seen, Runnable onRoleChange) {
        if (seen.info().isMaster()) {
            Master before = masters.get(master);
            Observation last = before == null ? null : before.last;
            masters.put(master, new Master(seen.info().isNamed() ? seen : seen.named(nameAfter(last, seen)), own));
            failures.contacted(master);
        } else {
            onRoleChange.run();
        }
    }

    /** Names the stream of a master before Redis 4.0. A restart resets the offset and begins another one. */
    private String nameAfter(@Nullable Observation last, Observation seen) {
        return last != null && last.info().offset() <= seen.info().offset()
                ? last.info().history()
                : "unnamed-" + ++unnamedStreams;
    }

    private void onReplica(Endpoint replica, Endpoint master, Observation seen, Runnable onRoleChange) {
        if (seen.info().isMaster()) {
            replicas.remove(replica);
            onRoleChange.run();
        } else {
            replicas.put(replica, seen.info().isNamed() ? seen : seen.named(nameOf(replica, master, seen)));
        }
    }

    /** Names the stream of a replica before Redis 4.0: its master's while they are connected, then still that one. */
    private String nameOf(Endpoint replica, Endpoint master, Observation seen) {
        Master current = masters.get(master);
        Observation before = replicas.get(replica);
        if (current != null && seen.info().isLinkUp() && seen.info().isComplete()) {
            return current.last.info().history();
        }
        return before == null ? "" : before.info().history();
    }

    private boolean isSilent(EventLoopConnections connections, Endpoint master) {
        Master known = masters.get(master);
        return known == null
                || !connections.isUp(master)
                || time.nanoTime() - known.last.sentNanos() > 2 * INTERVAL.toNanos();
    }

    private void queryFailures(PipelinedConnection reporter) {
        long sent = time.nanoTime();
        reporter.query(CLUSTER_NODES).onSuccess(reply -> {
            if (reply != null) {
                choices.clear();
                failures.reported(reporter.endpoint(), sent, ClusterReport.parse(reply.toString()));
            }
        });
    }

    /**
     * Chooses the replica that may answer for the silent master, which has replied since {@code refusedSinceNanos} that
     * it serves no one; 0 if it has not.
     */
    ReplicaChoice choose(Endpoint master, Collection<Endpoint> present, long refusedSinceNanos) {
        Chosen recent = refusedSinceNanos == 0 ? choices.get(master) : null;
        if (recent != null && time.nanoTime() - recent.nanos < MAX_CHOICE_AGE.toNanos()) {
            return recent.choice;
        }
        ReplicaChoice choice = judge(master, present, refusedSinceNanos);
        if (refusedSinceNanos == 0) {
            choices.put(master, new Chosen(choice, time.nanoTime()));
        }
        return choice;
    }

    private ReplicaChoice judge(Endpoint master, Collection<Endpoint> present, long refusedSinceNanos) {
        Master known = masters.get(master);
        if (known == null) {
            return new ReplicaChoice.Refused(Distrust.REPLICA_UNKNOWN);
        }
        Set<Endpoint> all = new HashSet<>(known.replicas);
        all.addAll(present);
        long sent = known.last.sentNanos();
        // A master that serves no one acknowledges nothing after the offset that it reports meanwhile.
        long age = time.nanoTime() - sent;
        boolean servesNoOne = refusedSinceNanos != 0 && sent - refusedSinceNanos >= 0 && age <= RECENT.toNanos();
        boolean isCurrent = servesNoOne || age <= maxLag.toNanos();
        ReplicaChoice choice =
                new ShardEvidence(known.last, all, recent(all, known.last), failures.of(master)).choose(isCurrent);
        if (choice instanceof ReplicaChoice.Trusted) {
            trusted.put(master, time.nanoTime());
        }
        return choice;
    }

    /** Whether a replica answered for a silent master a moment ago: its promotion is probably under way. */
    boolean isHandover(Endpoint master) {
        Long last = trusted.get(master);
        return last != null && time.nanoTime() - last <= RECENT.toNanos();
    }

    private Map<Endpoint, Observation> recent(Set<Endpoint> all, Observation master) {
        long now = time.nanoTime();
        Map<Endpoint, Observation> recent = new HashMap<>();
        for (Endpoint replica : all) {
            Observation seen = replicas.get(replica);
            if (seen != null
                    && now - seen.sentNanos() <= RECENT.toNanos()
                    && seen.info().isComplete()
                    && seen.info().isSameStream(master.info())) {
                recent.put(replica, seen);
            }
        }
        return recent;
    }

    /** How much of its master's stream a replica lacks, in bytes; empty if one of them has not replied for a second. */
    OptionalLong lagBytes(Endpoint master, Endpoint replica) {
        Master known = masters.get(master);
        Observation seen = replicas.get(replica);
        if (known == null || seen == null || !isRecent(known.last) || !isRecent(seen)) {
            return OptionalLong.empty();
        }
        return seen.info().isComplete() && seen.info().isSameStream(known.last.info())
                ? OptionalLong.of(
                        Math.max(0, known.last.info().offset() - seen.info().offset()))
                : OptionalLong.empty();
    }

    private boolean isRecent(Observation seen) {
        return time.nanoTime() - seen.sentNanos() <= RECENT.toNanos();
    }

    /** Whether a replica replies and is connected to its master. */
    boolean isAttached(Endpoint replica) {
        Observation seen = replicas.get(replica);
        return seen != null
                && isRecent(seen)
                && seen.info().isComplete()
                && seen.info().isLinkUp();
    }
}
