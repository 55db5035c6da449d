package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;

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

    /** Runs with faults for a while, and then without. */
    void run(Duration withFaults) {
        clients.start();
        faults.start();
        world.run(withFaults);
        faults.end();
        world.run(RECOVERY);
        clients.expectFullService();
        world.run(FULL_SERVICE);
    }

    List<String> violations() {
        return oracle.violations();
    }

    String history() {
        return world.history();
    }

    /** Faults by kind, and what was checked. */
    Map<String, Integer> faults() {
        return faults.counts();
    }

    long calls() {
        return clients.calls();
    }

    long checkedAnswers() {
        return oracle.checked();
    }
}
