package dev.tokencache.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Random faults of nodes, of the cluster, of the network and of service instances. One at a time, with a pause in which
 * replication catches up: acknowledged writes are only promised to survive that. Only the network between services and nodes
 * may be unruly in addition.
 */
final class Faults {

    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);
    private static final Duration MAX_FAULT = Duration.ofSeconds(15);
    /** After this without a fault, every call must have a known result. */
    static final Duration FULL_SERVICE = Duration.ofSeconds(12);

    /** How far the clock of a host may be off, and a call that uses it may take. */
    static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(12);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Which faults a run has. */
    enum Kind {
        ANY,
        /** The clocks of all hosts agree. */
        WITHOUT_CLOCKS,
        /** Only those in which no node loses what it stored, and all clocks agree. */
        OF_SERVICES;

        /** Without clocks that are off, all times can be checked exactly. */
        static Kind ofEveryOther(long seed) {
            return seed % 2 == 0 ? WITHOUT_CLOCKS : ANY;
        }
    }

    private final World world;
    private final List<Function<Duration, Fault>> kinds;
    private final NetworkFaults network;
    private final RandomGenerator random;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Clients clients;
    private int present;
    /** Counts each begin and end of a fault. */
    private int transitions;

    private boolean areTheOnlyOnes = true;
    private boolean hasEnded;

    Faults(World world, SimulatedNetwork network, SimulatedCluster cluster, Instances instances, Clients clients) {
        this(world, network, cluster, instances, clients, Kind.ANY);
    }

    Faults(
            World world,
            SimulatedNetwork network,
            SimulatedCluster cluster,
            Instances instances,
            Clients clients,
            Kind kind) {
        this.world = world;
        this.clients = clients;
        this.random = world.random("faults");
        this.network = new NetworkFaults(random, network, cluster, instances.hosts());
        NodeFaults nodes = new NodeFaults(random, cluster, clients::clockSetBack);
        ClusterFaults changes = new ClusterFaults(world, random, cluster);
        ServiceFaults services = new ServiceFaults(random, instances, cluster, this.network);
        this.kinds = new ArrayList<>(List.of(
                this.network::cutFromService,
                this.network::cutToService,
                this.network::hold,
                this.network::disturb,
                nodes::outOfMemory,
                services::crash,
                services::pause));
        if (kind != Kind.OF_SERVICES) {
            kinds.addAll(List.of(
                    this.network::isolate,
                    this.network::split,
                    this.network::cutReplication,
                    this.network::cutReplication,
                    nodes::kill,
                    nodes::restart,
                    nodes::pause,
                    nodes::loseReplica,
                    nodes::noReplicas,
                    nodes::refusePassword,
                    changes::reshard,
                    changes::failOver,
                    changes::rebuild,
                    changes::foreigner,
                    changes::stranger,
                    changes::collideEpochs,
                    services::startWithoutNode,
                    services::suspendHost,
                    services::suspendSplitHost,
                    services::suspendSplitHost));
        }
        if (kind == Kind.ANY) {
            kinds.addAll(List.of(nodes::setClock, services::setClock));
        }
    }

    /** Keeps only some kinds of faults: combinations of them that are rare among all kinds are then frequent in some runs. */
    void keepKinds(int count) {
        while (kinds.size() > count) {
            kinds.remove(random.nextInt(kinds.size()));
        }
    }

    /** There are faults of another source, which decides when full service can be expected. */
    void areNotTheOnlyOnes() {
        areTheOnlyOnes = false;
    }

    /** Adds a kind of fault. */
    void add(Supplier<Fault> kind) {
        kinds.add(duration -> kind.get());
    }

    /** How many faults there were of each kind. */
    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    void start() {
        next(Duration.ZERO);
    }

    /** Begins no more faults. */
    void end() {
        hasEnded = true;
    }

    /** Whether there is no fault at present. */
    boolean isQuiet() {
        return present == 0;
    }

    private void next(Duration recovery) {
        world.time().schedule(recovery.plus(upTo(MAX_PAUSE)), () -> {
            if (!hasEnded) {
                inject();
            }
        });
    }

    private Duration upTo(Duration max) {
        return Duration.ofNanos(1 + random.nextLong(max.toNanos()));
    }

    private void inject() {
        Fault fault = kinds.get(random.nextInt(kinds.size())).apply(upTo(MAX_FAULT));
        if (random.nextInt(3) == 0) {
            Fault addition = network.disturb(upTo(MAX_FAULT));
            begin(addition, () -> {});
        }
        begin(fault, () -> next(fault.recovery()));
    }

    private void begin(Fault fault, Runnable onEnd) {
        counts.merge(fault.name(), 1, Integer::sum);
        world.log("fault: " + fault.name() + " for " + fault.duration().toMillis() + " ms");
        present++;
        if (!fault.isPlanned()) {
            transitions++;
            clients.expectFaults();
        }
        fault.begin().run();
        world.time().schedule(fault.duration(), () -> end(fault, onEnd));
    }

    private void end(Fault fault, Runnable onEnd) {
        if (fault.end().getAsBoolean()) {
            world.log("fault: " + fault.name() + " has ended");
            present--;
            int last = ++transitions;
            world.time().schedule(FULL_SERVICE, () -> {
                if (areTheOnlyOnes && isQuiet() && last == transitions) {
                    clients.expectFullService();
                }
            });
            onEnd.run();
        } else {
            world.time().schedule(RETRY, () -> end(fault, onEnd));
        }
    }
}
