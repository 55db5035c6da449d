package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Random faults of both stores of a migration, and of the service instances. One fault at a time, with a pause in which
 * replication catches up.
 */
final class MigrationFaults {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(8);
    /** Until a failover is over and a restarted node has its data again. */
    private static final Duration RECOVERY = Duration.ofSeconds(12);

    private static final Duration MAX_FAULT = Duration.ofSeconds(15);
    /** Longer than a backfill waits for a page. */
    private static final Duration SHARD_FAULT = Duration.ofSeconds(45);

    private static final Duration MAX_HOLD = Duration.ofSeconds(5);
    private static final Duration MAX_SERVICE_PAUSE = Duration.ofMillis(1500);
    /** More than the time in which a replica receives a write. */
    private static final Duration LAG = Duration.ofSeconds(2);

    private final World world;
    private final SimulatedNetwork network;
    private final SimulatedCluster cluster;
    private final OldStore old;
    private final Instances instances;
    private final Oracle oracle;
    private final Runnable startBackfill;
    private final RandomGenerator random;
    private final Map<String, Integer> counts = new TreeMap<>();
    private boolean hasEnded;

    /** @param startBackfill starts one, if the phase allows it: it must not be complete while a shard is down */
    MigrationFaults(
            World world,
            SimulatedNetwork network,
            SimulatedCluster cluster,
            OldStore old,
            Instances instances,
            Oracle oracle,
            Runnable startBackfill) {
        this.world = world;
        this.network = network;
        this.cluster = cluster;
        this.old = old;
        this.instances = instances;
        this.oracle = oracle;
        this.startBackfill = startBackfill;
        this.random = world.random("faults of a migration");
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
        boolean isOfOld = random.nextBoolean();
        List<SimulatedNode> nodes = (isOfOld ? old.cluster() : cluster).nodes();
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        String side = isOfOld ? "old " : "new ";
        List<String> hosts = instances.hosts();
        String service = hosts.get(random.nextInt(hosts.size()));
        Duration duration = upTo(MAX_FAULT);
        switch (random.nextInt(15)) {
            case 0 -> {
                mayLose(isOfOld, duration);
                during(side + "kill", duration, node::kill, () -> startAgain(node));
            }
            case 1 -> {
                mayLose(isOfOld, duration);
                during(side + "pause", duration, () -> node.pause(duration), () -> {});
            }
            case 2 -> {
                mayLose(isOfOld, duration);
                during(side + "isolate", duration, () -> isolate(node, nodes, true), () -> isolate(node, nodes, false));
            }
            case 3, 4 ->
                during(
                        side + "store cut off",
                        duration,
                        () -> hosts.forEach(host -> change(host, nodes, true)),
                        () -> hosts.forEach(host -> change(host, nodes, false)));
            case 5, 6 ->
                during(
                        side + "store cut off from one",
                        duration,
                        () -> change(service, nodes, true),
                        () -> change(service, nodes, false));
            case 7 ->
                during(
                        side + "cut one way",
                        duration,
                        () -> network.cut(node.host(), service),
                        () -> network.heal(node.host(), service));
            case 8 ->
                during(side + "hold", MAX_HOLD, () -> network.holdNext(service, node.host(), upTo(MAX_HOLD)), () -> {});
            case 9 ->
                during(
                        side + "out of memory",
                        duration,
                        () -> node.setOutOfMemory(true),
                        () -> node.setOutOfMemory(false));
            case 10, 11 -> {
                SimulatedNode master = cluster.nodes().get(random.nextInt(3));
                SimulatedNode replica = cluster.nodes().get(cluster.nodes().indexOf(master) + 3);
                during("new shard down", SHARD_FAULT, () -> kill(master, replica), () -> start(master, replica));
                world.time().schedule(LAG, startBackfill);
            }
            case 12, 13 ->
                during("crash service", duration, () -> instances.crash(service), () -> instances.start(service));
            default -> {
                Duration pause = upTo(MAX_SERVICE_PAUSE);
                during("pause service", pause, () -> instances.pause(service, pause), () -> {});
            }
        }
    }

    /** The service does not wait for the replicas of the old store: a failover there loses the last writes. */
    private void mayLose(boolean isOfOld, Duration duration) {
        if (isOfOld && old.isCluster()) {
            long now = world.time().nanoTime();
            oracle.mayLose(now - LAG.toNanos(), now + duration.plus(LAG).toNanos());
        }
    }

    private static void kill(SimulatedNode master, SimulatedNode replica) {
        master.kill();
        replica.kill();
    }

    private static void start(SimulatedNode master, SimulatedNode replica) {
        startAgain(master);
        startAgain(replica);
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

    /** Cuts a node off from the other nodes of its store, and from all services. */
    private void isolate(SimulatedNode node, List<SimulatedNode> nodes, boolean isCut) {
        nodes.stream()
                .filter(other -> other != node)
                .map(SimulatedNode::host)
                .forEach(other -> change(other, node.host(), isCut));
        instances.hosts().forEach(host -> change(host, node.host(), isCut));
    }

    private void change(String host, List<SimulatedNode> nodes, boolean isCut) {
        nodes.forEach(node -> change(host, node.host(), isCut));
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
}
