package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** Faults of the network: cuts in one or both directions, and messages that arrive late while others overtake them. */
final class NetworkFaults {

    private static final Duration MAX_HOLD = Duration.ofSeconds(5);
    private static final List<Duration> MAX_HOLDS = List.of(
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofMillis(2000),
            Duration.ofMillis(2000),
            Duration.ofSeconds(20));

    private final RandomGenerator random;
    private final SimulatedNetwork network;
    private final SimulatedCluster cluster;
    private final List<String> serviceHosts;

    NetworkFaults(
            RandomGenerator random, SimulatedNetwork network, SimulatedCluster cluster, List<String> serviceHosts) {
        this.random = random;
        this.network = network;
        this.cluster = cluster;
        this.serviceHosts = serviceHosts;
    }

    private SimulatedNode node() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private String service() {
        return serviceHosts.get(random.nextInt(serviceHosts.size()));
    }

    private List<String> othersThan(SimulatedNode node) {
        return cluster.nodes().stream()
                .filter(other -> other != node)
                .map(SimulatedNode::host)
                .toList();
    }

    /** Cuts a node off from everything. */
    Fault isolate(Duration duration) {
        SimulatedNode node = node();
        return Fault.ofCluster(
                "isolate", duration, () -> cutOff(node, serviceHosts, true), () -> cutOff(node, serviceHosts, false));
    }

    /** Cuts a node and a service off from everything else; they still reach each other. */
    Fault split(Duration duration) {
        SimulatedNode node = node();
        String service = service();
        return Fault.ofCluster("split", duration, () -> split(node, service, true), () -> split(node, service, false));
    }

    /** Cuts a node and a service off from everything else, or ends that. */
    void split(SimulatedNode node, String service, boolean isCut) {
        cutOff(
                node,
                serviceHosts.stream().filter(other -> !other.equals(service)).toList(),
                isCut);
        othersThan(node).forEach(other -> change(other, service, isCut));
    }

    /** Cuts a node off from all other nodes, and from some services. */
    private void cutOff(SimulatedNode node, List<String> services, boolean isCut) {
        othersThan(node).forEach(other -> change(other, node.host(), isCut));
        services.forEach(service -> change(service, node.host(), isCut));
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

    Fault cutFromService(Duration duration) {
        return cut(
                "cut from service",
                duration,
                service(),
                cluster.usuallyMaster(random).host());
    }

    Fault cutToService(Duration duration) {
        return cut("cut to service", duration, cluster.usuallyMaster(random).host(), service());
    }

    private Fault cut(String name, Duration duration, String from, String to) {
        return Fault.ofService(name, duration, () -> network.cut(from, to), () -> network.heal(from, to));
    }

    /** Cuts a replica off from its master, in one direction, and perhaps a service, too. All reach all others. */
    Fault cutReplication(Duration duration) {
        List<SimulatedNode> replicas =
                cluster.nodes().stream().filter(node -> !node.isMaster()).toList();
        if (replicas.isEmpty()) {
            return isolate(duration);
        }
        SimulatedNode replica = replicas.get(random.nextInt(replicas.size()));
        String master = cluster.byId(replica.saved().masterId()).host();
        boolean isDown = random.nextInt(4) > 0;
        String from = isDown ? master : replica.host();
        String to = isDown ? replica.host() : master;
        List<String> services = random.nextInt(4) > 0 ? List.of(service()) : List.of();
        return Fault.ofCluster(
                "cut replication",
                duration,
                () -> {
                    network.cut(from, to);
                    services.forEach(service -> change(service, master, true));
                },
                () -> {
                    network.heal(from, to);
                    services.forEach(service -> change(service, master, false));
                });
    }

    /** Holds the next message from a service to a node. */
    Fault hold(Duration duration) {
        String service = service();
        SimulatedNode node = node();
        Duration hold = Duration.ofNanos(1 + random.nextLong(MAX_HOLD.toNanos()));
        return Fault.ofService("hold", hold, () -> network.holdNext(service, node.host(), hold), () -> {});
    }

    /** Holds some of the messages between a service and all nodes, so that other connections overtake them. */
    Fault disturb(Duration duration) {
        String service = service();
        Duration maxHold = MAX_HOLDS.get(random.nextInt(MAX_HOLDS.size()));
        return Fault.ofService(
                "disturb", duration, () -> disturbAll(service, maxHold), () -> disturbAll(service, Duration.ZERO));
    }

    private void disturbAll(String service, Duration maxHold) {
        cluster.nodes().forEach(node -> {
            network.disturb(service, node.host(), maxHold);
            network.disturb(node.host(), service, maxHold);
        });
    }
}
