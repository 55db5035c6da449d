package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
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
    private final Supplier<List<SimulatedService>> services;
    private final RandomGenerator random;
    private final Map<String, Integer> counts = new TreeMap<>();
    private boolean hasEnded;

    Faults(
            World world,
            SimulatedNetwork network,
            SimulatedCluster cluster,
            List<String> serviceHosts,
            Supplier<List<SimulatedService>> services) {
        this.world = world;
        this.network = network;
        this.cluster = cluster;
        this.serviceHosts = serviceHosts;
        this.services = services;
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
        switch (random.nextInt(7)) {
            case 0 -> during("kill", duration, node::kill, node::start);
            case 1 -> during("pause", duration, () -> node.pause(duration), () -> {});
            case 2 -> during("isolate", duration, () -> isolate(node, true), () -> isolate(node, false));
            case 3 -> during(
                    "cut from service",
                    duration,
                    () -> network.cut(service, node.host()),
                    () -> network.heal(service, node.host()));
            case 4 -> during(
                    "cut to service",
                    duration,
                    () -> network.cut(node.host(), service),
                    () -> network.heal(node.host(), service));
            case 5 -> during("hold", MAX_HOLD, () -> network.holdNext(service, node.host(), upTo(MAX_HOLD)), () -> {});
            default -> pauseService();
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

    private void isolate(SimulatedNode node, boolean isCut) {
        cluster.nodes().stream()
                .filter(other -> other != node)
                .map(SimulatedNode::host)
                .forEach(other -> change(other, node.host(), isCut));
        serviceHosts.forEach(service -> change(service, node.host(), isCut));
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

    private void pauseService() {
        List<SimulatedService> running = services.get();
        Duration pause = upTo(MAX_SERVICE_PAUSE);
        SimulatedProcess process = running.get(random.nextInt(running.size())).process();
        during("pause service", pause, () -> {
            world.log(process.name() + ": paused for " + pause.toMillis() + " ms");
            process.pause(pause);
        }, () -> {});
    }
}
