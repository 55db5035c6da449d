package dev.tokencache.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Faults of service instances and of their hosts. */
final class ServiceFaults {

    private static final Duration MAX_PAUSE = Duration.ofMillis(1500);
    /** Clocks of two instances may differ by 5 seconds. */
    private static final int MAX_CLOCK_OFFSET_MILLIS = 2500;

    private final RandomGenerator random;
    private final Instances instances;
    private final SimulatedCluster cluster;
    private final NetworkFaults network;

    ServiceFaults(RandomGenerator random, Instances instances, SimulatedCluster cluster, NetworkFaults network) {
        this.network = network;
        this.random = random;
        this.instances = instances;
        this.cluster = cluster;
    }

    private String service() {
        return instances.hosts().get(random.nextInt(instances.hosts().size()));
    }

    Fault crash(Duration duration) {
        String service = service();
        return Fault.ofService(
                "crash service", duration, () -> instances.crash(service), () -> instances.start(service));
    }

    /** An instance starts while a node hangs, so that its first connection to that node is not established. */
    Fault startWithoutNode(Duration duration) {
        String service = service();
        SimulatedNode node = cluster.usuallyMaster(random);
        return Fault.ofCluster(
                "start without a node",
                duration,
                () -> {
                    instances.crash(service);
                    node.pause(duration);
                    instances.start(service);
                },
                () -> {});
    }

    Fault pause(Duration duration) {
        String service = service();
        Duration pause = Duration.ofNanos(1 + random.nextLong(MAX_PAUSE.toNanos()));
        return Fault.ofService("pause service", pause, () -> instances.pause(service, pause), () -> {});
    }

    /** Suspends a host on which a node and a service run: when it resumes, both believe what was true before. */
    Fault suspendHost(Duration duration) {
        String service = service();
        SimulatedNode node = cluster.usuallyMaster(random);
        return Fault.ofCluster(
                "suspend host",
                duration,
                () -> {
                    node.pause(duration);
                    instances.pause(service, duration);
                },
                () -> {});
    }

    /** As {@link #suspendHost}, and the network of the host works only a while after it resumes. */
    Fault suspendSplitHost(Duration duration) {
        String service = service();
        SimulatedNode node = cluster.usuallyMaster(random);
        Duration split = duration.plusMillis(random.nextInt(2500));
        return Fault.ofCluster(
                "suspend a split host",
                split,
                () -> {
                    network.split(node, service, true);
                    node.pause(duration);
                    instances.pause(service, duration);
                },
                () -> network.split(node, service, false));
    }

    Fault setClock(Duration duration) {
        String service = service();
        Duration offset = Duration.ofMillis(random.nextInt(2 * MAX_CLOCK_OFFSET_MILLIS) - MAX_CLOCK_OFFSET_MILLIS);
        return Fault.ofService("set clock of service", duration, () -> instances.setClock(service, offset), () -> {});
    }
}
