package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;

/** One whole run: a cluster, two service instances and their callers under random faults, then a while without any. */
final class Simulation {

    private static final Duration START = Duration.ofSeconds(10);
    /** The longest fault, and the time to recover from it. */
    private static final Duration RECOVERY = Duration.ofSeconds(40);

    private static final Duration FULL_SERVICE = Duration.ofSeconds(20);

    private final World world;
    private final Oracle oracle;
    private final Clients clients;
    private final Faults faults;

    Simulation(long seed) {
        this.world = new World(seed);
        SimulatedNetwork network = new SimulatedNetwork(world);
        SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
        cluster.start();
        world.run(START);
        Instances instances = new Instances(world, network, cluster, List.of("service-1", "service-2"));
        this.oracle = new Oracle(world);
        this.clients = new Clients(world, oracle, instances::running);
        this.faults = new Faults(world, network, cluster, instances);
        world.run(START);
    }

    /** Runs with faults for a while, and then without; until the first violation, since others may only follow from it. */
    RunReport run(Duration withFaults) {
        clients.start();
        faults.start();
        advance(withFaults);
        faults.end();
        advance(RECOVERY);
        clients.expectFullService();
        advance(FULL_SERVICE);
        return new RunReport(
                Duration.ofNanos(world.time().nanoTime()),
                faults.counts(),
                clients.calls(),
                oracle.checked(),
                oracle.violations(),
                world.history());
    }

    private void advance(Duration duration) {
        for (long second = 0;
                second < duration.toSeconds() && oracle.violations().isEmpty();
                second++) {
            world.run(Duration.ofSeconds(1));
        }
    }
}
