package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.Reply;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.FakeNode;
import dev.tokencache.redis.connection.FakeNodes;
import dev.tokencache.testing.RedisSettings;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Three masters, one of them with a replica, in memory, with a topology and the connections of one event loop. The nodes reply
 * to {@code CLUSTER}, {@code INFO}, {@code PING} and {@code READONLY}; other requests stay pending.
 */
public final class FakeCluster {

    public static final Endpoint MASTER = FakeNodes.SEED;
    public static final Endpoint OTHER_MASTER = new Endpoint("10.0.0.2", 7000);
    public static final Endpoint REPLICA = new Endpoint("10.0.0.3", 7000);
    public static final Endpoint THIRD_MASTER = new Endpoint("10.0.0.4", 7000);
    /** A replica of the same master; a member of the cluster after {@link #addReplica}. */
    public static final Endpoint SECOND_REPLICA = new Endpoint("10.0.0.5", 7000);

    public static final int SLOT_OF_MASTER = 0;
    public static final int SLOT_OF_OTHER_MASTER = 16383;

    private static final int THIRD = HashSlot.COUNT / 3;
    private static final int HALF = HashSlot.COUNT / 2;

    private final FakeNodes nodes;
    private final ShardBreakers breakers;
    private final Topology topology;
    private final EventLoopConnections connections;
    private boolean isOk = true;
    private long epoch = 5;
    private final Map<Endpoint, FakeReplication> replication = new HashMap<>();
    /** What all nodes report of a master in {@code CLUSTER NODES}: its flags and the state of the link. */
    private final Map<Endpoint, String> failures = new HashMap<>();
    private final Set<Endpoint> oblivious = new HashSet<>();
    private List<SlotRange> ranges = ranges(MASTER, List.of(REPLICA));

    public FakeCluster(RedisSettings settings) {
        nodes = new FakeNodes(settings);
        breakers = new ShardBreakers(Duration.ofSeconds(15), nodes.time().clock());
        topology = new Topology(
                nodes.time(),
                Runnable::run,
                nodes.connector(),
                settings.timeout(),
                settings.maxReplicaLag(),
                nodes.events(),
                breakers,
                this::retainNodes);
        connections = new EventLoopConnections(
                nodes.context(), settings.maxCalls(), breakers::recovered, topology::refreshSoon);
        List.of(MASTER, OTHER_MASTER, THIRD_MASTER).forEach(node -> add(node, FakeReplication.ofMaster()));
        List.of(REPLICA, SECOND_REPLICA).forEach(node -> add(node, FakeReplication.ofReplica()));
    }

    private void add(Endpoint node, FakeReplication state) {
        replication.put(node, state);
        node(node).respond(request -> reply(node, request));
    }

    private void retainNodes() {
        connections.retain(topology.nodesFor(connections), topology.replicas());
    }

    /** Starts the topology. The slot map and the state of the replica are known immediately. */
    public FakeCluster start() {
        topology.start(connections);
        return this;
    }

    private static List<SlotRange> ranges(Endpoint firstMaster, List<Endpoint> replicas) {
        return List.of(
                new SlotRange(0, THIRD - 1, firstMaster, replicas),
                new SlotRange(THIRD, HALF - 1, THIRD_MASTER, List.of()),
                new SlotRange(HALF, HashSlot.COUNT - 1, OTHER_MASTER, List.of()));
    }

    /** Adds the second replica. */
    public FakeCluster addReplica() {
        ranges = ranges(MASTER, List.of(REPLICA, SECOND_REPLICA));
        return this;
    }

    /** Removes the second replica. */
    public void removeReplica() {
        ranges = ranges(MASTER, List.of(REPLICA));
    }

    /** Changes what the nodes report: the replica is the master of the first slots, in this epoch. */
    public void promoteReplica(long newEpoch) {
        epoch = newEpoch;
        replication(REPLICA).promote();
        ranges = ranges(REPLICA, List.of());
    }

    /** Changes what the nodes report of the cluster's state. */
    public void report(boolean newIsOk) {
        isOk = newIsOk;
    }

    /** Kills a master; the other masters and its replicas notice immediately. */
    public void kill(Endpoint master) {
        failures.put(master, "master - 0 0 1 disconnected");
        loseLinks();
        node(master).kill();
    }

    /** Cuts the replicas off from their master. */
    public void loseLinks() {
        List.of(REPLICA, SECOND_REPLICA).forEach(replica -> replication(replica).loseLink());
    }

    /** Makes the nodes report that a master has not replied for longer than {@code cluster-node-timeout}. */
    public void reportFailed(Endpoint master) {
        failures.put(master, "master,fail? - 0 0 1 connected");
    }

    /** Makes the nodes report that a master works. */
    public void reportWorking(Endpoint master) {
        failures.remove(master);
    }

    /** Makes one node report that all masters work. */
    public void overlook(Endpoint reporter) {
        oblivious.add(reporter);
    }

    /** The state of replication at a node. */
    public FakeReplication replication(Endpoint node) {
        return replication.get(node);
    }

    /** The reply of a node that works, or null for a request that the test replies to. */
    public @Nullable Object reply(Endpoint node, String request) {
        return switch (request) {
            case "cluster INFO" ->
                Reply.text("cluster_state:" + (isOk ? "ok" : "fail") + "\r\ncluster_current_epoch:" + epoch + "\r\n");
            case "cluster SLOTS" ->
                Reply.list(ranges.stream().map(FakeCluster::range).toArray(Response[]::new));
            case "cluster NODES" -> Reply.text(ranges.stream().map(range -> line(node, range)).collect(Collectors.joining("\n")));
            case "info replication" -> Reply.text(replication(node).info());
            case "ping" -> Reply.text("PONG");
            case "readonly" -> Reply.text("OK");
            default -> null;
        };
    }

    private String line(Endpoint reporter, SlotRange range) {
        String failure = oblivious.contains(reporter) ? null : failures.get(range.master());
        return "07c37df " + range.master() + "@17000 " + (failure == null ? "master - 0 0 1 connected" : failure) + " "
                + range.first() + "-" + range.last();
    }

    private static Response range(SlotRange range) {
        List<Response> parts = new ArrayList<>(
                List.of(Reply.number(range.first()), Reply.number(range.last()), node(range.master(), "")));
        range.replicas().forEach(replica -> parts.add(node(replica, "")));
        return Reply.list(parts.toArray(Response[]::new));
    }

    private static Response node(Endpoint endpoint, String id) {
        return Reply.list(Reply.text(endpoint.host()), Reply.number(endpoint.port()), Reply.text(id));
    }

    public FakeNodes nodes() {
        return nodes;
    }

    public FakeNode node(Endpoint endpoint) {
        return nodes.node(endpoint);
    }

    public Topology topology() {
        return topology;
    }

    public ShardBreakers breakers() {
        return breakers;
    }

    public EventLoopConnections connections() {
        return connections;
    }
}
