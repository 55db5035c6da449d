package dev.tokencache.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Faults of single nodes: ends, pauses, restarts, refusals, and clocks that are set. */
final class NodeFaults {

    private static final Duration MAX_QUICK = Duration.ofMillis(1500);
    private static final Duration USUAL_LOADING = Duration.ofMillis(300);
    /** A replica with a clock that is ahead regards keys as expired that its master does not. */
    private static final int MAX_CLOCK_OFFSET_MILLIS = 5000;

    private final RandomGenerator random;
    private final SimulatedCluster cluster;
    private final Runnable onClockSetBack;

    /** @param onClockSetBack runs when the clock of a node is set back */
    NodeFaults(RandomGenerator random, SimulatedCluster cluster, Runnable onClockSetBack) {
        this.random = random;
        this.cluster = cluster;
        this.onClockSetBack = onClockSetBack;
    }

    private SimulatedNode node() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    Fault kill(Duration duration) {
        SimulatedNode node = node();
        return Fault.ofCluster("kill", duration, node::kill, node::start);
    }

    /** A node restarts before the others replace it, and then reads its data for a while. */
    Fault restart(Duration loading) {
        SimulatedNode node = node();
        Duration quick = Duration.ofNanos(1 + random.nextLong(MAX_QUICK.toNanos()));
        return Fault.ofCluster(
                "restart",
                quick.plus(loading),
                () -> {
                    node.kill();
                    node.setLoading(loading);
                    cluster.schedule(quick, node::start);
                },
                () -> node.setLoading(USUAL_LOADING));
    }

    Fault pause(Duration duration) {
        SimulatedNode node = node();
        return Fault.ofCluster("pause", duration, () -> node.pause(duration), () -> {});
    }

    Fault loseReplica(Duration duration) {
        SimulatedNode node = node();
        if (node.isMaster()) {
            return kill(duration);
        }
        return Fault.ofCluster(
                "lose a replica",
                duration,
                () -> {
                    node.kill();
                    node.loseData();
                },
                node::start);
    }

    Fault outOfMemory(Duration duration) {
        SimulatedNode node = node();
        return Fault.ofService(
                "out of memory", duration, () -> node.setOutOfMemory(true), () -> node.setOutOfMemory(false));
    }

    /** {@code min-replicas-to-write} that the node does not have. */
    Fault noReplicas(Duration duration) {
        SimulatedNode node = node();
        return Fault.ofService(
                "no replicas", duration, () -> node.setMinReplicasToWrite(2), () -> node.setMinReplicasToWrite(0));
    }

    Fault refusePassword(Duration duration) {
        SimulatedNode node = node();
        return Fault.ofService(
                "refuse the password", duration, () -> node.refusePassword(true), () -> node.refusePassword(false));
    }

    /** Callers do not notice it: a command that the node refuses as late is sent again, with the new time. */
    Fault setClock(Duration duration) {
        SimulatedNode node = node();
        long offset = random.nextInt(2 * MAX_CLOCK_OFFSET_MILLIS) - MAX_CLOCK_OFFSET_MILLIS;
        return Fault.planned(
                "set clock of node", duration, () -> setClock(node, Duration.ofMillis(offset)), () -> true);
    }

    private void setClock(SimulatedNode node, Duration ahead) {
        if (ahead.compareTo(node.clockOffset()) < 0) {
            onClockSetBack.run();
        }
        node.setClockOffset(ahead);
    }
}
