package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.Reply;
import dev.tokencache.redis.connection.EventLoopConnections;
import dev.tokencache.redis.connection.FakeNode;
import dev.tokencache.redis.connection.FakeNodes;
import dev.tokencache.testing.RedisSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private static final List<Endpoint> MEMBERS = List.of(MASTER, OTHER_MASTER, THIRD_MASTER, REPLICA);
    private static final int THIRD = HashSlot.COUNT / 3;
    private static final int HALF = HashSlot.COUNT / 2;

    private final FakeNodes nodes;
    private final ShardBreakers breakers;
    private final Topology topology;
    private final EventLoopConnections connections;
    private final FakeView view = new FakeView(MEMBERS, 5, ranges(MASTER, List.of(REPLICA), 5));
    private boolean isOk = true;
    private final Map<Endpoint, FakeReplication> replication = new HashMap<>();

    public FakeCluster(RedisSettings settings) {
        this(settings, List.of(MASTER));
    }

    public FakeCluster(RedisSettings settings, List<Endpoint> seeds) {
        nodes = new FakeNodes(settings, seeds);
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
                nodes.context(topology.identity()), settings.maxCalls(), breakers::recovered, topology::refreshSoon);
        List.of(MASTER, OTHER_MASTER, THIRD_MASTER).forEach(node -> add(node, FakeReplication.ofMaster()));
        List.of(REPLICA, SECOND_REPLICA).forEach(node -> add(node, FakeReplication.ofReplica()));
    }

    private void add(Endpoint node, FakeReplication state) {
        add(node, FakeView.idOf(node), state);
    }

    private void add(Endpoint address, String id, FakeReplication state) {
        replication.put(address, state);
        view.reportAt(node(address), address, id);
        node(address).respond(request -> reply(address, request));
    }

    /** Adds a master that replies at this address as the member with this id. */
    void add(Endpoint address, String id) {
        add(address, id, FakeReplication.ofMaster());
    }

    /** What all nodes report, unless a test changes it for one of them. */
    public FakeView view() {
        return view;
    }

    /** What a node reports that knows the same nodes, but another master of the first slots. */
    public static FakeView viewWith(Endpoint firstMaster, long epoch) {
        return new FakeView(MEMBERS, epoch, ranges(firstMaster, List.of(), epoch));
    }

    private void retainNodes() {
        connections.retain(topology.nodesFor(connections), topology.replicas());
    }

    /** Starts the topology. The slot map and the state of the replica are known immediately. */
    public FakeCluster start() {
        topology.start(connections);
        return this;
    }

    private static List<SlotRange> ranges(Endpoint firstMaster, List<Endpoint> replicas, long epoch) {
        return List.of(
                new SlotRange(0, THIRD - 1, FakeView.idOf(firstMaster), epoch, firstMaster, replicas),
                new SlotRange(THIRD, HALF - 1, FakeView.idOf(THIRD_MASTER), 2, THIRD_MASTER, List.of()),
                new SlotRange(HALF, HashSlot.COUNT - 1, FakeView.idOf(OTHER_MASTER), 3, OTHER_MASTER, List.of()));
    }

    /** Adds the second replica. */
    public FakeCluster addReplica() {
        List<Endpoint> members = new ArrayList<>(MEMBERS);
        members.add(SECOND_REPLICA);
        view.setMembers(members);
        view.change(5, ranges(MASTER, List.of(REPLICA, SECOND_REPLICA), 5));
        return this;
    }

    /** Removes the second replica. */
    public void removeReplica() {
        view.setMembers(MEMBERS);
        view.change(5, ranges(MASTER, List.of(REPLICA), 5));
    }

    /** Changes what the nodes report: the replica is the master of the first slots, in this epoch. */
    public void promoteReplica(long epoch) {
        replication(REPLICA).promote();
        view.change(epoch, ranges(REPLICA, List.of(), epoch));
    }

    /** Changes what the nodes report of the cluster's state. */
    public void report(boolean newIsOk) {
        isOk = newIsOk;
    }

    /** Kills a master; the other masters and its replicas notice immediately. */
    public void kill(Endpoint master) {
        view.report(master, "master", "disconnected");
        loseLinks();
        node(master).kill();
    }

    /** Cuts the replicas off from their master. */
    public void loseLinks() {
        List.of(REPLICA, SECOND_REPLICA).forEach(replica -> replication(replica).loseLink());
    }

    /** Makes the nodes report that a master has not replied for longer than {@code cluster-node-timeout}. */
    public void reportFailed(Endpoint master) {
        view.report(master, "master,fail?", "connected");
    }

    /** Makes the nodes report that a master works. */
    public void reportWorking(Endpoint master) {
        view.report(master, "master", "connected");
    }

    /** Makes one node report that all masters work. */
    public void overlook(Endpoint reporter) {
        view.overlook(reporter);
    }

    /** The state of replication at a node. */
    public FakeReplication replication(Endpoint node) {
        return replication.get(node);
    }

    /** The reply of a node that works, or null for a request that the test replies to. */
    public @Nullable Object reply(Endpoint node, String request) {
        return switch (request) {
            case "cluster INFO" ->
                Reply.text("cluster_state:" + (isOk ? "ok" : "fail") + "\r\ncluster_current_epoch:" + view.epoch()
                        + "\r\n");
            case "cluster SLOTS" -> Reply.list();
            case "info replication" ->
                replication.containsKey(node) ? Reply.text(replication(node).info()) : null;
            case "ping" -> Reply.text("PONG");
            case "readonly" -> Reply.text("OK");
            default -> node(node).identity(request);
        };
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
