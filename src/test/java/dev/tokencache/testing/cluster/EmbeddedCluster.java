package dev.tokencache.testing.cluster;

import dev.tokencache.devmode.RedisExecutable;
import dev.tokencache.testing.cluster.Ports.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis Cluster: {@code redis-server} processes on 127.0.0.1, in a temporary folder.
 *
 * <p>The folder holds all its state, so {@link #attach} returns another handle on a running cluster. {@link #close} kills the
 * servers; they are also killed when the JVM that started them ends for any reason. Thread-safe.
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
     * Starts a cluster and waits until it is healthy, about three seconds. Throws {@link PortInUseException} if another
     * program uses a port, and {@link IllegalStateException} with the end of its log if a server does not start.
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

    /** Attaches to a running cluster that this JVM has started. */
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
                Path executable = RedisExecutable.find(executable(spec), folder);
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

    /** The one that the specification, a system property or an environment variable names, or null for the default. */
    private static @Nullable Path executable(ClusterSpec spec) {
        String property = System.getProperty("tokencache.dev.redis-server", "");
        String path = property.isEmpty() ? System.getenv("TOKENCACHE_DEV_REDIS_SERVER") : property;
        Path configured = path == null || path.isEmpty() ? null : Path.of(path);
        return spec.executable() != null ? spec.executable() : configured;
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
            nodes.add(startOnFreePort());
        }
        return nodes;
    }

    /** Starts a node on a free port, and on another one if that port is taken in between. */
    private RedisNode startOnFreePort() {
        for (int attempt = 1; ; attempt++) {
            RedisNode node = node(Ports.free(ports()));
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

    /** All nodes, dead or alive, ordered by port. */
    public List<RedisNode> nodes() {
        return ports().stream().map(this::node).toList();
    }

    /** Restarts dead nodes, and waits until the cluster is healthy. */
    public void heal() {
        nodes().stream().filter(node -> !node.isAlive()).forEach(RedisNode::restart);
        awaitHealthy();
    }

    /** Waits until all nodes are up and agree, and every replica is connected to its master. */
    public void awaitHealthy() {
        ClusterFormation.awaitHealthy(nodes());
    }

    /** The value for {@code quarkus.redis.hosts}: all nodes, separated by commas, without the password. */
    public String hosts() {
        return ports().stream().map(access::uri).collect(Collectors.joining(","));
    }

    public String password() {
        return access.password();
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        if (Files.exists(folder)) {
            nodes().forEach(RedisNode::kill);
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

    public static void delete(Path folder) {
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
