package dev.tokencache.faults;

import dev.tokencache.devmode.ClusterSpec;
import dev.tokencache.devmode.RespClient;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster and the packaged service on it, for faults to happen to, one after the other: an extension of a test class,
 * which heals the cluster after each test.
 */
final class FaultSite implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    /** What operators are told to set. */
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

    /** With a service as it is by default. */
    static FaultSite plain() {
        return new FaultSite(ClusterSpec.ofSixNodes("faults"), Map.of());
    }

    /** With one setting of the service changed. */
    static FaultSite with(String property, String value) {
        return new FaultSite(ClusterSpec.ofSixNodes("faults"), Map.of(property, value));
    }

    /** With servers that have their data again after a restart. */
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

    /** Of the service that runs from first to last. */
    ServiceClient client() {
        return Objects.requireNonNull(client);
    }

    /** To start another service with. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(ServiceProcess.defaults(cluster()));
        settings.putAll(extraSettings);
        return settings;
    }

    /**
     * Lets something happen under a steady load that is served when it begins, and waits until it is served again.
     *
     * @param name for the table of faults
     */
    FaultReport ride(String name, Consumer<FaultRun> happening) {
        try (FaultRun run = FaultRun.start(name, KnownTokens.create(cluster(), client()), client())) {
            awaitServed(run);
            // What the test before did is healed, and the service has seen that it is: a replica counts for it from its
            // next look on.
            await("the service to trust every replica", () -> client().readReplicas() == replicaCount());
            happening.accept(run);
            return written(run.finish(client()));
        }
    }

    private int replicaCount() {
        return masters().stream()
                .mapToInt(master -> cluster().replicasOf(master).size())
                .sum();
    }

    /** Waits until the load of a run is served in full. */
    static void awaitServed(FaultRun run) {
        if (!run.load().isSoonServed()) {
            throw new IllegalStateException("there is no full service to begin with");
        }
    }

    /** Takes a report to the records. */
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

    /** Waits until the cluster has made a master of a replica; that replica itself is asked. */
    static void awaitPromotion(TestNode replica) {
        try (RespClient node = replica.connect()) {
            await("the promotion of " + replica, () -> isMaster(node));
        }
    }

    /** Waits until a node has noticed, by itself or from others, that another is gone. */
    static void awaitFailed(TestNode node, TestNode gone) {
        try (RespClient client = node.connect()) {
            await(node + " to notice", () -> client.text("CLUSTER", "NODES")
                    .lines()
                    .anyMatch(line -> line.contains(":" + gone.port()) && line.contains("fail ")));
        }
    }

    /** Waits until something is so, and notices it at once. */
    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).pollInterval(POLL).until(condition);
    }

    static boolean isMaster(RespClient node) {
        return RespClient.textOf(node.list("ROLE").get(0)).equals("master");
    }
}
