package dev.tokencache.faults;

import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that runs a cluster and the packaged service for one test class, and repairs the cluster after each
 * test.
 */
final class FaultSite implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    /** The value that the documentation recommends. */
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private final ClusterSpec spec;
    private final Map<String, String> extraSettings;
    private @Nullable TestCluster cluster;
    private @Nullable ServiceProcess service;
    private @Nullable ServiceClient client;

    private FaultSite(ClusterSpec spec, Map<String, String> extraSettings) {
        this.spec = spec.withNodeTimeout(NODE_TIMEOUT);
        this.extraSettings = Map.copyOf(extraSettings);
    }

    /** A site whose service has the default settings. */
    static FaultSite plain() {
        return new FaultSite(ClusterSpec.ofSixNodes("faults"), Map.of());
    }

    /** A site whose service has one changed setting. */
    static FaultSite with(String property, String value) {
        return new FaultSite(ClusterSpec.ofSixNodes("faults"), Map.of(property, value));
    }

    /** A site whose Redis nodes run this {@code redis-server}. */
    static FaultSite running(Path executable) {
        return new FaultSite(ClusterSpec.ofSixNodes("faults").withExecutable(executable), Map.of());
    }

    /** A site whose Redis nodes persist their data. */
    static FaultSite persistent() {
        return new FaultSite(ClusterSpec.ofSixNodes("faults").withExtraLines("appendonly yes"), Map.of());
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster = TestCluster.start(spec);
        service = ServiceProcess.start(settings());
        client = new ServiceClient(service);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        cluster().heal();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (service != null) {
            service.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    TestCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    /** A client of the service that runs during all tests of the class. */
    ServiceClient client() {
        return Objects.requireNonNull(client);
    }

    /** The settings to start another service with. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(ServiceProcess.defaults(cluster()));
        settings.putAll(extraSettings);
        return settings;
    }

    /**
     * Runs a fault under a steady load that is fully served at the start, and waits until it is fully served again.
     *
     * @param name of the fault, shown in the table of faults
     */
    FaultReport ride(String name, Consumer<FaultRun> fault) {
        try (FaultRun run = FaultRun.start(name, KnownTokens.create(cluster(), client()), client())) {
            awaitServed(run);
            // The cluster is repaired after the previous test; the service must have noticed that too. It accepts a
            // replica only after its next check.
            await("the service to trust every replica", () -> client().readReplicas() == replicaCount());
            fault.accept(run);
            return written(run.finish(client()));
        }
    }

    private int replicaCount() {
        return masters().stream()
                .mapToInt(master -> cluster().replicasOf(master).size())
                .sum();
    }

    /** Waits until every call of the load is served. */
    static void awaitServed(FaultRun run) {
        if (!run.load().isSoonServed()) {
            throw new IllegalStateException("the service does not serve every call before the fault");
        }
    }

    /** Writes a report to its file and returns it. */
    FaultReport written(FaultReport report) {
        ReportFile.append(report, redisVersion());
        return report;
    }

    private String redisVersion() {
        TestNode any = cluster().nodes().stream()
                .filter(TestNode::isRunning)
                .findFirst()
                .orElseThrow();
        try (RespClient node = any.connect()) {
            return node.text("INFO", "server")
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .map(line -> line.substring("redis_version:".length()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The masters, by port. */
    List<TestNode> masters() {
        try (SlotOwners owners = SlotOwners.of(cluster())) {
            List<Integer> ports = owners.masters();
            return cluster().nodes().stream()
                    .filter(node -> ports.contains(node.port()))
                    .toList();
        }
    }

    TestNode replicaOf(TestNode master) {
        return cluster().replicasOf(master).get(0);
    }

    /** Waits until the replica itself reports that it was promoted. */
    static void awaitPromotion(TestNode replica) {
        try (RespClient node = replica.connect()) {
            await("the promotion of " + replica, () -> isMaster(node));
        }
    }

    /** Waits until a node marks another as failed. */
    static void awaitFailed(TestNode node, TestNode failed) {
        try (RespClient client = node.connect()) {
            await(node + " to mark " + failed + " as failed", () -> client.text("CLUSTER", "NODES")
                    .lines()
                    .anyMatch(line -> line.contains(":" + failed.port()) && line.contains("fail ")));
        }
    }

    /** Waits for a condition and checks it at short intervals. */
    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).pollInterval(POLL).until(condition);
    }

    /** Repeats a call until its result is as wanted, and returns it. */
    static <T> T until(String what, Callable<T> call, Predicate<T> isWanted) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(POLL).until(call, isWanted);
    }

    static boolean isMaster(RespClient node) {
        return RespClient.textOf(node.list("ROLE").get(0)).equals("master");
    }
}
