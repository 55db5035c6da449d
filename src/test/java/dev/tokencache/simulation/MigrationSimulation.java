package dev.tokencache.simulation;

import dev.tokencache.testing.RedisSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One whole migration: an old store, a cluster, two service instances, other programs, callers and an operator, under random
 * faults; then the end of the migration without faults, and a while without the old store.
 */
final class MigrationSimulation {

    private static final Duration START = Duration.ofSeconds(10);
    /** How long the instances run with the old store alone, and then until another one is restarted. */
    private static final Duration BEFORE = Duration.ofSeconds(20);

    /** The longest fault, and the time to recover from it. */
    private static final Duration RECOVERY = Duration.ofSeconds(65);

    private static final Duration FULL_SERVICE = Duration.ofSeconds(10);
    private static final Duration MAX_FINISH = Duration.ofMinutes(4);
    /** Longer than an instance keeps its connections to the old store. */
    private static final Duration CLOSING = Duration.ofSeconds(15);

    private static final Duration STEP = Duration.ofSeconds(1);

    private final World world;
    private final OldStore old;
    private final Instances instances;
    private final Map<String, MigratingService> migrating = new LinkedHashMap<>();
    private boolean hasBothStores;
    private final Oracle oracle;
    private final Clients clients;
    private final SimulatedRun run;
    private final LegacyPrograms programs;
    private final MigrationFaults faults;
    private final MigrationOperator operator;
    private final MigrationAudit audit;

    MigrationSimulation(long seed) {
        this.world = new World(seed);
        SimulatedNetwork network = new SimulatedNetwork(world);
        this.old = oldStore(network);
        SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
        old.cluster().start();
        cluster.start();
        world.run(START);
        List<String> hosts = List.of("service-1", "service-2");
        hasBothStores = !old.isOfTokenCache();
        this.instances = new Instances(world, hosts, (process, host) -> {
            if (!hasBothStores) {
                return new SimulatedService(network, old.cluster(), process, host, RedisSettings.defaults());
            }
            MigratingService started = new MigratingService(network, cluster, old, process, host);
            migrating.put(host, started);
            return started.service();
        });
        this.oracle = new Oracle(world);
        oracle.allowFailedExpiriesToRunLater();
        this.clients = new Clients(world, oracle, instances::running);
        this.run = new SimulatedRun(world, oracle, clients);
        clients.repeatWrites();
        clients.useTwoStores();
        this.programs = new LegacyPrograms(world, network, old, clients);
        this.audit = new MigrationAudit(world, network, cluster, oracle, clients);
        this.operator = new MigrationOperator(
                world,
                () -> migrating.values().stream()
                        .filter(instance -> !instance.service().process().hasEnded())
                        .toList(),
                audit,
                oracle,
                programs::stop,
                clients::isFullServiceExpected);
        this.faults = new MigrationFaults(world, network, cluster, old, instances, oracle, operator::startBackfill);
        world.run(START);
    }

    private OldStore oldStore(SimulatedNetwork network) {
        return switch (world.random("old store").nextInt(4)) {
            case 0 -> OldStore.standalone(world, network, true);
            case 1 -> OldStore.standalone(world, network, false);
            case 2 -> OldStore.cluster(world, network, true);
            default -> OldStore.ofTokenCache(world, network);
        };
    }

    /** Runs with faults for a while, and then without; until the first violation. */
    RunReport run(Duration withFaults) {
        clients.start();
        if (old.isOfTokenCache()) {
            configureBothStores();
        } else {
            programs.start();
        }
        faults.start();
        operator.start();
        run.advance(withFaults.dividedBy(2));
        operator.drive();
        run.advance(withFaults.dividedBy(2));
        faults.end();
        run.advance(RECOVERY);
        clients.expectFullService();
        finish();
        run.advance(CLOSING);
        old.cluster().nodes().forEach(SimulatedNode::kill);
        audit.checkAll();
        run.advance(FULL_SERVICE);
        return run.report(faults.counts());
    }

    /** Restarts the instances one by one: those of the old token-cache know nothing of the cluster. */
    private void configureBothStores() {
        run.advance(BEFORE);
        hasBothStores = true;
        for (String host : instances.hosts()) {
            instances.crash(host);
            instances.start(host);
            run.advance(BEFORE);
        }
    }

    private void finish() {
        Duration left = MAX_FINISH;
        while (!operator.isDone() && !left.isNegative() && oracle.violations().isEmpty()) {
            run.advance(STEP);
            left = left.minus(STEP);
        }
        if (!operator.isDone() && oracle.violations().isEmpty()) {
            oracle.violated("the migration is not done, long after all faults have ended");
        }
    }
}
