package dev.tokencache.devmode;

import dev.tokencache.devmode.ClusterView.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Redis Cluster of processes on 127.0.0.1, in a temporary folder.
 *
 * <p>The folder says everything about it, so that {@link #attach} gives another handle on a running cluster. Its
 * servers are killed by {@link #close} or when the JVM that started them ends, in whatever way. Thread-safe.
 */
public final class EmbeddedCluster implements AutoCloseable {

    static final String CONFIGURATION = "redis.conf";

    private static final String DESCRIPTION = "cluster.properties";
    private static final int ATTEMPTS = 5;

    private final Path folder;
    private final Path executable;
    private final NodeAccess access;

    private EmbeddedCluster(Path folder, Path executable, NodeAccess access) {
        this.folder = folder;
        this.executable = executable;
        this.access = access;
    }

    /**
     * Starts a cluster and waits until it is well, which takes about three seconds.
     *
     * @throws PortInUseException if one of the ports asked for belongs to something else
     * @throws IllegalStateException with the end of its log, if a server does not come up
     */
    public static EmbeddedCluster start(ClusterSpec spec) {
        EmbeddedCluster cluster = create(spec);
        try {
            Watchdog.watch(cluster.folder);
            List<RedisNode> nodes = cluster.startNodes(spec);
            ClusterFormation.form(nodes, spec.masters());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** A handle on a cluster that was started by this JVM. */
    public static EmbeddedCluster attach(Path folder) {
        Properties description = new Properties();
        try (var reader = Files.newBufferedReader(folder.resolve(DESCRIPTION))) {
            description.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String authority = description.getProperty("authority");
        return new EmbeddedCluster(
                folder,
                Path.of(description.getProperty("executable")),
                new NodeAccess(description.getProperty("password"), authority == null ? null : Path.of(authority)));
    }

    private static EmbeddedCluster create(ClusterSpec spec) {
        try {
            Path folder = Files.createTempDirectory("token-cache-redis-");
            try {
                Path executable = RedisExecutable.find(spec.executable(), folder);
                describe(spec, executable, folder);
                return new EmbeddedCluster(folder, executable, spec.access());
            } catch (RuntimeException e) {
                delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void describe(ClusterSpec spec, Path executable, Path folder) throws IOException {
        Files.write(folder.resolve(CONFIGURATION), spec.configuration());
        Properties description = new Properties();
        description.setProperty("executable", executable.toString());
        description.setProperty("password", spec.password());
        Path authority = spec.access().authority();
        if (authority != null) {
            description.setProperty("authority", authority.toString());
        }
        try (var writer = Files.newBufferedWriter(folder.resolve(DESCRIPTION))) {
            description.store(writer, null);
        }
    }

    private List<RedisNode> startNodes(ClusterSpec spec) {
        Ports.requireFree(spec.ports());
        List<RedisNode> nodes = new ArrayList<>();
        for (int port : spec.ports()) {
            RedisNode node = node(port);
            node.start();
            nodes.add(node);
        }
        int missing = spec.masters() * (1 + spec.replicasPerMaster()) - nodes.size();
        for (int i = 0; i < missing; i++) {
            nodes.add(startSomewhere());
        }
        return nodes;
    }

    /** Starts a node on a free port, and on another one if that is taken meanwhile. */
    private RedisNode startSomewhere() {
        for (int attempt = 1; ; attempt++) {
            RedisNode node = node(Ports.free(1, ports()).get(0));
            try {
                node.start();
                return node;
            } catch (PortInUseException taken) {
                delete(folder.resolve(Integer.toString(node.port())));
                if (attempt == ATTEMPTS) {
                    throw taken;
                }
            }
        }
    }

    /** Adds a master without slots; returns when every node knows it. */
    public RedisNode addNode() {
        RedisNode added = startSomewhere();
        ClusterFormation.introduce(nodes());
        ClusterFormation.awaitHealthy(nodes());
        return added;
    }

    /** Lets a node come back at another port, as the same member of the cluster; returns when every node knows it. */
    public RedisNode moveNode(RedisNode node) {
        node.kill9();
        RedisNode moved = node(Ports.free(1, ports()).get(0));
        try {
            // What makes it the same member is in its folder, which is named after its port.
            Files.move(folder.resolve(Integer.toString(node.port())), folder.resolve(Integer.toString(moved.port())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        moved.start();
        ClusterFormation.awaitHealthy(nodes());
        return moved;
    }

    /** Takes a node without slots out of the cluster and ends it; the others forget it. */
    public void removeNode(RedisNode node) {
        String id = idOf(node);
        node.kill9();
        delete(folder.resolve(Integer.toString(node.port())));
        for (RedisNode other : nodes()) {
            try (RespClient client = other.connect()) {
                client.send("CLUSTER", "FORGET", id);
            }
        }
    }

    /** All nodes, dead or alive, by port. */
    public List<RedisNode> nodes() {
        return ports().stream().map(this::node).toList();
    }

    /** The node that owns a slot, as the best-informed of the running nodes sees it. */
    public RedisNode masterOf(int slot) {
        return newest(member -> member.isMaster() && member.owns(slot));
    }

    /** The nodes that replicate a master, as the running nodes see it. */
    public List<RedisNode> replicasOf(RedisNode master) {
        String id = newest(master).id();
        return views().flatMap(view -> view.members().stream())
                .filter(member -> member.masterId().equals(id))
                .map(Member::port)
                .distinct()
                .map(this::node)
                .toList();
    }

    /** The node's id in the cluster, as {@code CLUSTER SETSLOT} wants it. */
    public String idOf(RedisNode node) {
        return newest(node).id();
    }

    /** The slot that a key belongs to, or the part of it between braces. */
    public int slotOf(String key) {
        RedisNode any =
                nodes().stream().filter(RedisNode::isRunning).findFirst().orElseThrow();
        try (RespClient client = any.connect()) {
            return Math.toIntExact(client.number("CLUSTER", "KEYSLOT", key));
        }
    }

    private RedisNode newest(Predicate<Member> filter) {
        return node(newestMember(filter).port());
    }

    private Member newest(RedisNode node) {
        return newestMember(member -> member.port() == node.port());
    }

    private Member newestMember(Predicate<Member> filter) {
        return views().flatMap(view -> view.members().stream())
                .filter(filter)
                .max(Comparator.comparingLong(Member::configEpoch))
                .orElseThrow();
    }

    private Stream<ClusterView> views() {
        return nodes().stream()
                .filter(RedisNode::isRunning)
                .flatMap(node -> ClusterFormation.viewOfWhoAnswers(node).stream());
    }

    /** Resumes what is suspended, restarts what is dead, and waits until the cluster is well. */
    public void heal() {
        for (RedisNode node : nodes()) {
            if (!node.isAlive()) {
                node.restart();
            } else if (!node.isRunning()) {
                node.resume();
            }
        }
        ClusterFormation.awaitHealthy(nodes());
    }

    /** Waits until all nodes are up and agree, and every replica follows its master. */
    public void awaitHealthy() {
        ClusterFormation.awaitHealthy(nodes());
    }

    /** What {@code quarkus.redis.hosts} should be: all nodes, separated by commas, without the password. */
    public String hosts() {
        return ports().stream().map(access::uri).collect(Collectors.joining(","));
    }

    /** The password of every node. */
    public String password() {
        return access.password();
    }

    /** Where it lives, for {@link #attach}. */
    public Path folder() {
        return folder;
    }

    /** Kills all servers and deletes the folder. */
    @Override
    public void close() {
        if (Files.exists(folder)) {
            nodes().forEach(RedisNode::kill9);
            Watchdog.dismiss(folder);
            delete(folder);
        }
    }

    private RedisNode node(int port) {
        return new RedisNode(executable, folder.resolve(Integer.toString(port)), port, access);
    }

    private List<Integer> ports() {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory)
                    .map(child -> Integer.valueOf(child.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "EmbeddedCluster" + ports();
    }
}
