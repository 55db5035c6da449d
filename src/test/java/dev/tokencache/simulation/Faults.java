package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Random faults of nodes, of the network and of service instances. One fault of the cluster at a time, with a pause in which
 * replication catches up: acknowledged writes are only promised to survive that.
 */
final class Faults {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);
    /** Until a failover is over and a restarted node has its data again. */
    private static final Duration RECOVERY = Duration.ofSeconds(20);

    private static final Duration MAX_FAULT = Duration.ofSeconds(15);
    private static final Duration MAX_HOLD = Duration.ofSeconds(5);
    private static final Duration MAX_SERVICE_PAUSE = Duration.ofMillis(1500);

    private final World world;
    private final SimulatedNetwork network;
    private final SimulatedCluster cluster;
    private final List<String> serviceHosts;
    private final Instances instances;
    private final RandomGenerator random;
    private final Map<String, Integer> counts = new TreeMap<>();
    private boolean hasEnded;

    Faults(World world, SimulatedNetwork network, SimulatedCluster cluster, Instances instances) {
        this.world = world;
        this.network = network;
        this.cluster = cluster;
        this.serviceHosts = instances.hosts();
        this.instances = instances;
        this.random = world.random("faults");
    }

    /** How many faults there were of each kind. */
    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    void start() {
        next(upTo(MAX_PAUSE));
    }

    /** Begins no more faults. */
    void end() {
        hasEnded = true;
    }

    private void next(Duration delay) {
        world.time().schedule(delay, () -> {
            if (!hasEnded) {
                inject();
            }
        });
    }

    private Duration upTo(Duration max) {
        return Duration.ofNanos(1 + random.nextLong(max.toNanos()));
    }

    private void inject() {
        SimulatedNode node = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        String service = serviceHosts.get(random.nextInt(serviceHosts.size()));
        Duration duration = upTo(MAX_FAULT);
        switch (random.nextInt(12)) {
            case 0 -> during("kill", duration, node::kill, node::start);
            case 1 -> during("pause", duration, () -> node.pause(duration), () -> {});
            case 2 ->
                during(
                        "isolate",
                        duration,
                        () -> cutOff(node, serviceHosts, true),
                        () -> cutOff(node, serviceHosts, false));
            case 3 -> during("split", duration, () -> split(node, service, true), () -> split(node, service, false));
            case 4 ->
                during(
                        "cut from service",
                        duration,
                        () -> network.cut(service, node.host()),
                        () -> network.heal(service, node.host()));
            case 5 ->
                during(
                        "cut to service",
                        duration,
                        () -> network.cut(node.host(), service),
                        () -> network.heal(node.host(), service));
            case 6 -> during("hold", MAX_HOLD, () -> network.holdNext(service, node.host(), upTo(MAX_HOLD)), () -> {});
            case 7 ->
                during("out of memory", duration, () -> node.setOutOfMemory(true), () -> node.setOutOfMemory(false));
            case 8 -> during("lose a replica", duration, () -> loseReplica(node), () -> startAgain(node));
            case 9 -> during("crash service", duration, () -> instances.crash(service), () -> instances.start(service));
            case 10 -> during("suspend host", duration, () -> suspend(node, service, duration), () -> {});
            default -> pauseService(service);
        }
    }

    private List<String> othersThan(String service) {
        return serviceHosts.stream().filter(other -> !other.equals(service)).toList();
    }

    private static void loseReplica(SimulatedNode node) {
        if (!node.isMaster()) {
            node.kill();
            node.loseData();
        }
    }

    private static void startAgain(SimulatedNode node) {
        if (node.run() == null) {
            node.start();
        }
    }

    private void during(String name, Duration duration, Runnable begin, Runnable end) {
        counts.merge(name, 1, Integer::sum);
        begin.run();
        world.time().schedule(duration, () -> {
            end.run();
            next(RECOVERY.plus(upTo(MAX_PAUSE)));
        });
    }

    /** Cuts a node off from all other nodes, and from some services. */
    private void cutOff(SimulatedNode node, List<String> services, boolean isCut) {
        cluster.nodes().stream()
                .filter(other -> other != node)
                .map(SimulatedNode::host)
                .forEach(other -> change(other, node.host(), isCut));
        services.forEach(service -> change(service, node.host(), isCut));
    }

    /** Cuts a node and a service off from everything else; they still reach each other. */
    private void split(SimulatedNode node, String service, boolean isCut) {
        cutOff(node, othersThan(service), isCut);
        cluster.nodes().stream()
                .filter(other -> other != node)
                .map(SimulatedNode::host)
                .forEach(other -> change(other, service, isCut));
    }

    /** Suspends a host on which a node and a service run: when it resumes, both believe what was true before. */
    private void suspend(SimulatedNode node, String service, Duration duration) {
        node.pause(duration);
        instances.pause(service, duration);
    }

    private void change(String one, String other, boolean isCut) {
        if (isCut) {
            network.cut(one, other);
            network.cut(other, one);
        } else {
            network.heal(one, other);
            network.heal(other, one);
        }
    }

    private void pauseService(String service) {
        Duration pause = upTo(MAX_SERVICE_PAUSE);
        during("pause service", pause, () -> instances.pause(service, pause), () -> {});
    }
}
