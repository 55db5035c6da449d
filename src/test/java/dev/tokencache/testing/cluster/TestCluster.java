package dev.tokencache.testing.cluster;

import dev.tokencache.testing.cluster.NodeTable.Member;
import dev.tokencache.testing.cluster.Ports.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * An {@link EmbeddedCluster} whose nodes a test can kill, suspend, add, move and remove, and whose slots and replicas it can
 * look up. Thread-safe.
 */
public final class TestCluster implements AutoCloseable {

    private static final int ATTEMPTS = 5;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final EmbeddedCluster cluster;

    private TestCluster(EmbeddedCluster cluster) {
        this.cluster = cluster;
    }

    /** Starts a cluster, as {@link EmbeddedCluster#start} does. */
    public static TestCluster start(ClusterSpec spec) {
        return new TestCluster(EmbeddedCluster.start(spec));
    }

    /** Attaches to a running cluster, as {@link EmbeddedCluster#attach} does. */
    public static TestCluster attach(Path folder) {
        return new TestCluster(EmbeddedCluster.attach(folder));
    }

    /** All nodes, dead or alive, ordered by port. */
    public List<TestNode> nodes() {
        return cluster.nodes().stream().map(this::wrap).toList();
    }

    /** The node that owns a slot, according to the running node with the newest information. */
    public TestNode masterOf(int slot) {
        return node(newest(member -> member.isMaster() && member.owns(slot)).port());
    }

    /** The replicas of a master, according to the running nodes. */
    public List<TestNode> replicasOf(TestNode master) {
        String id = idOf(master);
        return members()
                .filter(member -> member.masterId().equals(id))
                .map(Member::port)
                .distinct()
                .map(this::node)
                .toList();
    }

    /** The node's id in the cluster, as {@code CLUSTER SETSLOT} takes it. */
    public String idOf(TestNode node) {
        return newest(member -> member.port() == node.port()).id();
    }

    /** The slot of a key, or of its hash tag. */
    public int slotOf(String key) {
        TestNode any = nodes().stream().filter(TestNode::isRunning).findFirst().orElseThrow();
        try (RespClient client = any.connect()) {
            return Math.toIntExact(client.number("CLUSTER", "KEYSLOT", key));
        }
    }

    /** Adds a master without slots, and waits until every node knows it. */
    public TestNode addNode() {
        TestNode added = startAdded();
        introduce(added);
        awaitHealthy();
        return added;
    }

    /** Starts a node on a free port, and on another one if that port is taken in between. */
    private TestNode startAdded() {
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            try {
                Files.createDirectory(folderOf(port));
                TestNode added = node(port);
                added.restart();
                return added;
            } catch (PortInUseException taken) {
                EmbeddedCluster.delete(folderOf(port));
                if (attempt == ATTEMPTS) {
                    throw taken;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void introduce(TestNode added) {
        Awaitility.await("every node to know " + added)
                .atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .until(() -> {
                    List<TestNode> strangers = nodes().stream()
                            .filter(node -> node.port() != added.port() && !knows(node, added))
                            .toList();
                    strangers.forEach(stranger -> meet(added, stranger));
                    return strangers.isEmpty();
                });
    }

    private static boolean knows(TestNode node, TestNode other) {
        return NodeTable.read(node::connect).stream()
                .flatMap(table -> table.members().stream())
                .anyMatch(member ->
                        member.port() == other.port() && !member.flags().contains("handshake"));
    }

    private static void meet(TestNode node, TestNode other) {
        try (RespClient client = node.connect()) {
            client.send("CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()));
        }
    }

    /** Restarts a node on another port, as the same member of the cluster, and waits until every node knows its port. */
    public TestNode moveNode(TestNode node) {
        node.kill9();
        int port = freePort();
        try {
            // The folder is named after the port, and holds the node's identity.
            Files.move(folderOf(node.port()), folderOf(port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TestNode moved = node(port);
        moved.restart();
        awaitHealthy();
        return moved;
    }

    /** Removes a node that has no slots: kills it, and makes the others forget it. */
    public void removeNode(TestNode node) {
        String id = idOf(node);
        node.kill9();
        EmbeddedCluster.delete(folderOf(node.port()));
        for (TestNode other : nodes()) {
            try (RespClient client = other.connect()) {
                client.send("CLUSTER", "FORGET", id);
            }
        }
    }

    /** Resumes suspended nodes, restarts dead ones, and waits until the cluster is healthy. */
    public void heal() {
        nodes().stream().filter(node -> node.isAlive() && !node.isRunning()).forEach(TestNode::resume);
        cluster.heal();
    }

    /** Waits until all nodes are up and agree, and every replica is connected to its master. */
    public void awaitHealthy() {
        cluster.awaitHealthy();
    }

    /** The value for {@code quarkus.redis.hosts}. */
    public String hosts() {
        return cluster.hosts();
    }

    /** The password of every node. */
    public String password() {
        return cluster.password();
    }

    /** The folder of the cluster, for {@link #attach}. */
    public Path folder() {
        return cluster.folder();
    }

    @Override
    public void close() {
        cluster.close();
    }

    private Member newest(Predicate<Member> filter) {
        return members()
                .filter(filter)
                .max(Comparator.comparingLong(Member::configEpoch))
                .orElseThrow();
    }

    private Stream<Member> members() {
        return nodes().stream()
                .filter(TestNode::isRunning)
                .flatMap(node -> NodeTable.read(node::connect).stream())
                .flatMap(table -> table.members().stream());
    }

    private TestNode node(int port) {
        return nodes().stream().filter(node -> node.port() == port).findFirst().orElseThrow();
    }

    private TestNode wrap(RedisNode node) {
        return new TestNode(node, folderOf(node.port()), password());
    }

    private int freePort() {
        return Ports.free(cluster.nodes().stream().map(RedisNode::port).toList());
    }

    private Path folderOf(int port) {
        return folder().resolve(Integer.toString(port));
    }

    @Override
    public String toString() {
        return cluster.toString();
    }
}
