package dev.tokencache.simulation;

import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.Durability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** One whole run: a cluster, service instances and their callers under random faults, then a while without any. */
final class Simulation {

    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration MAX_FAULT = Duration.ofMinutes(2);

    /** Few enough calls that those that are never counted out refuse all others soon. */
    private static final RedisSettings SETTINGS = RedisSettings.defaults().withMaxCalls(400);

    private static final int FEW_KINDS = 4;
    private static final Duration FULL_SERVICE = Duration.ofSeconds(20);

    private final World world;
    private final Oracle oracle;
    private final Clients clients;
    private final SimulatedRun run;
    private final Faults faults;
    private final boolean losesNoWrites;
    private final List<SimulatedService> started = new ArrayList<>();

    /** Two instances without near caches. */
    Simulation(long seed) {
        this(seed, List.of("service-1", "service-2"), host -> NearCacheSettings.OFF, Faults.Kind.ANY);
    }

    private Simulation(
            long seed, List<String> hosts, Function<String, NearCacheConfig> nearCaches, Faults.Kind faultKind) {
        this.world = new World(seed);
        SimulatedNetwork network = new SimulatedNetwork(world);
        SimulatedCluster cluster = new SimulatedCluster(world, network, 3, seed % 2 == 0 ? 2 : 1);
        cluster.start();
        world.run(START);
        this.oracle = new Oracle(
                world,
                faultKind == Faults.Kind.ANY ? Faults.CLOCK_DIFFERENCE : Duration.ZERO,
                Set.of(Durability.AS_CONFIGURED));
        Instances instances = new Instances(
                world,
                hosts,
                (process, host) -> observed(new SimulatedService(
                        network, cluster, process, host, SETTINGS, Stores::redisOnly, nearCaches.apply(host))));
        this.clients = new Clients(world, oracle, instances::running);
        this.run = new SimulatedRun(world, oracle, clients);
        this.faults = new Faults(world, network, cluster, instances, clients, faultKind);
        new Bounds(world, oracle, instances::running, clients).start();
        this.losesNoWrites = faultKind == Faults.Kind.OF_SERVICES;
        world.run(START);
    }

    /** Three instances, two of them with near caches. Only with every other seed do the clocks of all hosts agree. */
    static Simulation withNearCaches(long seed) {
        return new Simulation(
                seed, NearCacheSettings.HOSTS, NearCacheSettings.onTwoHosts(seed), Faults.Kind.ofEveryOther(seed));
    }

    /** Two instances without near caches, under few kinds of faults, which depend on the seed. */
    static Simulation withFewKindsOfFaults(long seed) {
        Simulation simulation = new Simulation(seed);
        simulation.faults.keepKinds(FEW_KINDS);
        return simulation;
    }

    /** Two instances without near caches, under faults in which no node loses a write: all calls must be linearizable. */
    static Simulation withoutLostWrites(long seed) {
        return new Simulation(
                seed, List.of("service-1", "service-2"), host -> NearCacheSettings.OFF, Faults.Kind.OF_SERVICES);
    }

    private SimulatedService observed(SimulatedService service) {
        started.add(service);
        return oracle.nearCaches().observed(service);
    }

    /** Runs with faults for a while, and then without; until the first violation, since others may only follow from it. */
    RunReport run(Duration withFaults) {
        clients.start();
        faults.start();
        run.advance(withFaults);
        faults.end();
        for (Duration quiet = Duration.ZERO; !faults.isQuiet(); quiet = quiet.plus(STEP)) {
            if (quiet.compareTo(MAX_FAULT) > 0) {
                throw new IllegalStateException("a fault does not end");
            }
            world.run(STEP);
        }
        run.advance(Faults.FULL_SERVICE);
        oracle.expectRecordedValidations();
        run.advance(FULL_SERVICE);
        if (losesNoWrites) {
            oracle.checkHistories();
        }
        return run.report(faults.counts());
    }

    /** How many validations were answered from memory, of all instances and restarts. */
    long nearCacheHits() {
        return started.stream()
                .flatMap(service -> service.meters().find("tokencache.near.cache.hits").counters().stream())
                .mapToLong(hits -> (long) hits.count())
                .sum();
    }
}
