package dev.tokencache.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Faults that a journal is made for: outages of the whole cluster, and those of the journal itself. A journal's database fails
 * at any time, also during an outage.
 */
final class JournalFaults {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(20);
    private static final Duration MIN_OUTAGE = Duration.ofSeconds(10);
    private static final Duration MAX_OUTAGE = Duration.ofSeconds(70);
    private static final Duration MAX_DATABASE_FAULT = Duration.ofSeconds(10);
    private static final Duration MAX_DATABASE_DOWN = Duration.ofSeconds(90);
    private static final Duration MAX_HANG = Duration.ofSeconds(4);

    /** How long after its restart a cluster is split at most: masters accept writes two seconds after their start. */
    private static final Duration MAX_CALM = Duration.ofSeconds(8);

    private static final Duration MAX_SPLIT = Duration.ofSeconds(15);

    /** How often each of the outages occurs, compared with the other faults. */
    private static final int WEIGHT = 5;

    private final World world;
    private final SimulatedNetwork network;
    private final SimulatedCluster cluster;
    private final List<JournalServer> servers;
    private final Instances instances;
    private final RandomGenerator random;
    private final Map<String, Integer> counts = new TreeMap<>();
    private boolean hasEnded;

    JournalFaults(
            World world,
            SimulatedNetwork network,
            SimulatedCluster cluster,
            List<JournalServer> servers,
            Instances instances) {
        this.world = world;
        this.network = network;
        this.cluster = cluster;
        this.servers = servers;
        this.instances = instances;
        this.random = world.random("journal faults");
    }

    /** Adds the outages to the faults of the cluster, which do not overlap. */
    void addTo(Faults faults) {
        for (int i = 0; i < WEIGHT; i++) {
            faults.add(this::outage);
            faults.add(this::outageThenSplit);
            faults.add(this::instanceWithoutRedis);
        }
    }

    /** How many faults of the databases there were of each kind. */
    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    void start() {
        world.time().schedule(upTo(MAX_PAUSE), () -> {
            if (!hasEnded) {
                inject(servers.get(random.nextInt(servers.size())));
            }
        });
    }

    /** Begins no more faults. */
    void end() {
        hasEnded = true;
    }

    private Duration upTo(Duration max) {
        return Duration.ofNanos(1 + random.nextLong(max.toNanos()));
    }

    private void inject(JournalServer server) {
        Duration duration = upTo(MAX_DATABASE_FAULT);
        switch (random.nextInt(10)) {
            case 0 -> during("database down", duration, () -> server.setDown(true), () -> server.setDown(false));
            case 1 ->
                during(
                        "database down for long",
                        upTo(MAX_DATABASE_DOWN),
                        () -> server.setDown(true),
                        () -> server.setDown(false));
            case 2 -> during("database hangs", MAX_HANG, () -> server.hang(upTo(MAX_HANG)), () -> {});
            case 3, 4 -> during("database fails", duration, () -> server.setFailures(0.2), () -> server.setFailures(0));
            case 5 ->
                during("database fails rarely", duration, () -> server.setFailures(0.02), () -> server.setFailures(0));
            case 6, 7 -> cutOff(server, duration);
            default -> restart(anyHost());
        }
    }

    private void during(String name, Duration duration, Runnable begin, Runnable end) {
        counts.merge(name, 1, Integer::sum);
        begin.run();
        world.time().schedule(duration, () -> {
            end.run();
            start();
        });
    }

    private void cutOff(JournalServer server, Duration duration) {
        String host = anyHost();
        during(
                "instance without database",
                duration,
                () -> server.setCutOff(host, true),
                () -> server.setCutOff(host, false));
    }

    private String anyHost() {
        return instances.hosts().get(random.nextInt(instances.hosts().size()));
    }

    /** An instance crashes, perhaps in the middle of a write or a replay, and starts again with its journal. */
    private void restart(String host) {
        if (instances.isRunning(host)) {
            during(
                    "restart service",
                    upTo(MAX_DATABASE_FAULT),
                    () -> instances.crash(host),
                    () -> instances.start(host));
        } else {
            start();
        }
    }

    private Fault outage() {
        List<SimulatedNode> killed = new ArrayList<>();
        return Fault.ofCluster(
                "outage", anyOutage(), () -> killAll(killed), () -> killed.forEach(SimulatedNode::start));
    }

    private Duration anyOutage() {
        return MIN_OUTAGE.plus(upTo(MAX_OUTAGE.minus(MIN_OUTAGE)));
    }

    private void killAll(List<SimulatedNode> killed) {
        boolean isWithReplicas = random.nextBoolean();
        for (SimulatedNode node : cluster.nodes()) {
            if (node.run() != null && (isWithReplicas || node.isMaster())) {
                node.kill();
                killed.add(node);
            }
        }
    }

    /** When the cluster is back and takes what is in the journal, one master is soon cut off from the other nodes. */
    private Fault outageThenSplit() {
        List<SimulatedNode> killed = new ArrayList<>();
        Duration outage = anyOutage();
        Duration calm = upTo(MAX_CALM);
        Duration split = upTo(MAX_SPLIT);
        SimulatedNode[] isolated = {null};
        return Fault.ofCluster(
                "outage then split",
                outage.plus(calm).plus(split),
                () -> {
                    killAll(killed);
                    world.time().schedule(outage, () -> killed.forEach(SimulatedNode::start));
                    world.time().schedule(outage.plus(calm), () -> {
                        List<SimulatedNode> masters = cluster.nodes().stream()
                                .filter(SimulatedNode::isMaster)
                                .toList();
                        isolated[0] = masters.get(random.nextInt(masters.size()));
                        setIsolated(isolated[0], true);
                    });
                },
                () -> setIsolated(isolated[0], false));
    }

    /** One instance does not reach Redis, but the journal: what it writes there counts for the others. */
    private Fault instanceWithoutRedis() {
        String host = anyHost();
        return Fault.ofCluster(
                "instance without Redis",
                MIN_OUTAGE,
                () -> cluster.nodes().forEach(node -> {
                    network.cut(host, node.host());
                    network.cut(node.host(), host);
                }),
                () -> cluster.nodes().forEach(node -> {
                    network.heal(host, node.host());
                    network.heal(node.host(), host);
                }));
    }

    private void setIsolated(SimulatedNode node, boolean isCut) {
        for (SimulatedNode other : cluster.nodes()) {
            if (other != node && isCut) {
                network.cut(other.host(), node.host());
                network.cut(node.host(), other.host());
            } else if (other != node) {
                network.heal(other.host(), node.host());
                network.heal(node.host(), other.host());
            }
        }
    }
}
