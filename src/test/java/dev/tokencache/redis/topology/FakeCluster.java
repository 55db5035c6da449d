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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two masters, one of them with a replica, in memory, with a topology and the connections of one event loop. The nodes reply
 * to {@code CLUSTER}, {@code INFO}, {@code PING} and {@code READONLY}; other requests stay pending.
 */
public final class FakeCluster {

    public static final Endpoint MASTER = FakeNodes.SEED;
    public static final Endpoint OTHER_MASTER = new Endpoint("10.0.0.2", 7000);
    public static final Endpoint REPLICA = new Endpoint("10.0.0.3", 7000);
    public static final int SLOT_OF_MASTER = 0;
    public static final int SLOT_OF_OTHER_MASTER = 16383;

    private static final int HALF = HashSlot.COUNT / 2;
    private static final String REPLICATION = """
            role:slave\r
            master_link_status:up\r
            master_last_io_seconds_ago:1\r
            master_sync_in_progress:0\r
            """;

    private final FakeNodes nodes;
    private final ShardBreakers breakers;
    private final Topology topology;
    private final EventLoopConnections connections;
    private boolean isOk = true;
    private long epoch = 5;
    private List<SlotRange> ranges = ranges(MASTER);

    public FakeCluster(RedisSettings settings) {
        nodes = new FakeNodes(settings);
        breakers = new ShardBreakers(Duration.ofSeconds(15), nodes.time().clock());
        topology = new Topology(
                nodes.time(),
                Runnable::run,
                nodes.connector(),
                settings.timeout(),
                nodes.events(),
                new ReplicaMonitor(settings.maxReplicaLag()),
                breakers,
                this::retainNodes);
        connections = new EventLoopConnections(
                nodes.context(), settings.maxCalls(), breakers::recovered, topology::refreshSoon);
        List.of(MASTER, OTHER_MASTER, REPLICA).forEach(node -> node(node).respond(this::reply));
    }

    private void retainNodes() {
        connections.retain(topology.nodesFor(connections), topology.replicas());
    }

    /** Starts the topology. The slot map and the state of the replica are known immediately. */
    public FakeCluster start() {
        topology.start(connections);
        return this;
    }

    private static List<SlotRange> ranges(Endpoint firstMaster) {
        return List.of(
                new SlotRange(0, HALF - 1, firstMaster, firstMaster.equals(MASTER) ? List.of(REPLICA) : List.of()),
                new SlotRange(HALF, HashSlot.COUNT - 1, OTHER_MASTER, List.of()));
    }

    /** Changes what the nodes report: the replica is the master of the first half, in this epoch. */
    public void promoteReplica(long newEpoch) {
        epoch = newEpoch;
        ranges = ranges(REPLICA);
    }

    /** Changes what the nodes report of the cluster's state. */
    public void report(boolean newIsOk) {
        isOk = newIsOk;
    }

    /** The reply of a node that works, or null for a request that the test replies to. */
    public @Nullable Object reply(String request) {
        return switch (request) {
            case "cluster INFO" ->
                Reply.text("cluster_state:" + (isOk ? "ok" : "fail") + "\r\ncluster_current_epoch:" + epoch + "\r\n");
            case "cluster SLOTS" ->
                Reply.list(ranges.stream().map(FakeCluster::range).toArray(Response[]::new));
            case "info replication" -> Reply.text(REPLICATION);
            case "ping" -> Reply.text("PONG");
            case "readonly" -> Reply.text("OK");
            default -> null;
        };
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
