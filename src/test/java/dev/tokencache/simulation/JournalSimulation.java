package dev.tokencache.simulation;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.sql.SimulatedDatabase;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.Durability;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One whole run of instances with a journal: their cluster, their callers and the databases of the journal under random faults,
 * then a while without any. At the end the journal is empty again.
 */
final class JournalSimulation {

    private static final Duration START = Duration.ofSeconds(10);
    /** The longest fault of the cluster or a database, and the time to recover from it. */
    private static final Duration RECOVERY = Duration.ofSeconds(110);

    /** An instance whose check of the database fails repeats it after half a second, and it may hang for as long. */
    private static final Duration MAX_NOTICE = Duration.ofSeconds(2);

    private static final Duration FULL_SERVICE = Duration.ofSeconds(20);

    /** How long a process holds an entry that was replaced while it was replayed. */
    private static final Duration CLAIM = Duration.ofSeconds(30);

    /** Each entry is accepted twice, and a record waits for the expiries before it. A renewal restarts that. */
    private static final Duration DRAIN =
            JournaledStores.CONFIRM_AFTER.multipliedBy(2).plus(CLAIM).plusSeconds(10);

    /** How long a server, and how long a disk, may take to reply. */
    private static final Duration SERVER_PATIENCE = Duration.ofMillis(500);

    private static final Duration DISK_PATIENCE = Duration.ofMinutes(1);

    /** What no journal reaches here, and what each outage fills. */
    private static final int MANY_ENTRIES = 1_000_000;

    private static final int FEW_ENTRIES = 400;

    private final World world;
    private final Oracle oracle;
    private final Clients clients;
    private final Faults faults;
    private final JournalFaults journalFaults;
    private final int maxEntries;
    private final Map<String, SimulatedDatabase> databases = new HashMap<>();
    private final Map<String, JournalServer> servers = new HashMap<>();
    private final SimulatedRun run;

    /**
     * @param isReplicated whether writes wait for a replica; if not, only what is journaled is promised
     */
    private JournalSimulation(
            long seed,
            Kind kind,
            boolean isReplicated,
            List<String> hosts,
            Function<String, NearCacheConfig> nearCaches,
            Faults.Kind faultKind) {
        this.world = new World(seed);
        this.maxEntries = seed % 3 == 0 ? FEW_ENTRIES : MANY_ENTRIES;
        SimulatedNetwork network = new SimulatedNetwork(world);
        SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
        cluster.start();
        world.run(START);
        RedisSettings settings = isReplicated
                ? RedisSettings.defaults()
                : RedisSettings.defaults().withoutReplicas();
        this.oracle = new Oracle(
                world,
                faultKind == Faults.Kind.ANY ? Faults.CLOCK_DIFFERENCE : Duration.ZERO,
                isReplicated ? Set.of(Durability.AS_CONFIGURED, Durability.JOURNALED) : Set.of(Durability.JOURNALED));
        Instances instances = new Instances(world, hosts, (process, host) -> oracle.nearCaches()
                .observed(new SimulatedService(
                        network,
                        cluster,
                        process,
                        host,
                        settings,
                        stores(kind, kind == Kind.LOCAL ? host : "all"),
                        nearCaches.apply(host))));
        oracle.expectJournal(kind == Kind.LOCAL ? Duration.ZERO : MAX_NOTICE, this::lastContact);
        this.clients = new Clients(world, oracle, instances::running);
        this.run = new SimulatedRun(world, oracle, clients);
        this.faults = new Faults(world, network, cluster, instances, clients, faultKind);
        this.journalFaults = new JournalFaults(world, network, cluster, List.copyOf(servers.values()), instances);
        journalFaults.addTo(faults);
        faults.areNotTheOnlyOnes();
        world.run(START);
    }

    /** Two instances that share a journal. Only every other seed has writes that wait for a replica. */
    static JournalSimulation shared(long seed) {
        return new JournalSimulation(
                seed,
                Kind.SHARED,
                seed % 2 == 0,
                List.of("service-1", "service-2"),
                host -> NearCacheSettings.OFF,
                Faults.Kind.ANY);
    }

    /** Three instances that share a journal, two of them with near caches. Only with every other seed do all clocks agree. */
    static JournalSimulation sharedWithNearCaches(long seed) {
        return new JournalSimulation(
                seed,
                Kind.SHARED,
                seed % 2 == 0,
                NearCacheSettings.HOSTS,
                NearCacheSettings.onTwoHosts(seed),
                Faults.Kind.ofEveryOther(seed));
    }

    /** One instance with a journal of its own: a local journal is for one only. */
    static JournalSimulation local(long seed) {
        return new JournalSimulation(
                seed, Kind.LOCAL, seed % 2 == 0, List.of("service-1"), host -> NearCacheSettings.OFF, Faults.Kind.ANY);
    }

    private long lastContact(String instance) {
        return servers.values().stream()
                .mapToLong(server -> server.lastContact(instance))
                .max()
                .orElse(Long.MIN_VALUE);
    }

    private Stores stores(Kind kind, String users) {
        SimulatedDatabase database = databases.computeIfAbsent(
                users, added -> new SimulatedDatabase(kind, world.time().clock()));
        JournalServer server = servers.computeIfAbsent(
                users,
                added -> new JournalServer(
                        world, "journal of " + users, kind == Kind.LOCAL ? DISK_PATIENCE : SERVER_PATIENCE));
        return new JournaledStores(database, server, maxEntries, what -> oracle.violated(what));
    }

    /** Runs with faults for a while, and then without; until the first violation. */
    RunReport run(Duration withFaults) {
        clients.checkExpiries();
        clients.start();
        faults.start();
        journalFaults.start();
        run.advance(withFaults);
        faults.end();
        journalFaults.end();
        run.advance(RECOVERY);
        clients.expectFullService();
        run.advance(FULL_SERVICE);
        clients.stop();
        run.advance(DRAIN);
        if (!entries().isEmpty() && oracle.violations().isEmpty()) {
            oracle.violated("the journal still has " + entries());
        }
        Map<String, Integer> counts = new TreeMap<>(faults.counts());
        counts.putAll(journalFaults.counts());
        return run.report(counts);
    }

    private List<String> entries() {
        return databases.values().stream()
                .flatMap(database -> database.entries().stream())
                .toList();
    }
}
