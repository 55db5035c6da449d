package dev.tokencache.simulation;

import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;
import java.util.Locale;

/** The kinds of runs: which parts of the service take part. */
enum Scenario {
    /** Two instances and a cluster of three masters with a replica each. */
    CLUSTER {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return new Simulation(seed).run(withFaults);
        }
    },
    /** Like {@link #CLUSTER}, with few kinds of faults, which depend on the seed. The run is much shorter. */
    FOCUSED_CLUSTER {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return Simulation.withFewKindsOfFaults(seed).run(shortened(withFaults));
        }
    },
    /** Three instances, two of them with near caches. Only with every other seed do all clocks agree. */
    NEAR_CACHE {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return Simulation.withNearCaches(seed).run(withFaults);
        }
    },
    /** Like {@link #CLUSTER}, under faults in which no node loses a write: the calls on each token must be linearizable. */
    LINEARIZABLE {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return Simulation.withoutLostWrites(seed).run(withFaults);
        }
    },
    /** Two instances that share a journal. */
    SHARED_JOURNAL {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return JournalSimulation.shared(seed).run(withFaults);
        }
    },
    /** Three instances that share a journal, two of them with near caches. Only with every other seed do all clocks agree. */
    JOURNAL_NEAR_CACHE {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return JournalSimulation.sharedWithNearCaches(seed).run(withFaults);
        }
    },
    /** One instance with a journal of its own. */
    LOCAL_JOURNAL {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return JournalSimulation.local(seed).run(withFaults);
        }
    },
    /** A migration from another store, with random steps of the operator. The run is much shorter. */
    MIGRATION {
        @Override
        RunReport simulate(long seed, Duration withFaults) {
            return new MigrationSimulation(seed).run(shortened(withFaults));
        }
    };

    /** Runs with random faults for a while, and then without, until full service is expected. */
    final RunReport run(long seed, Duration withFaults) {
        try {
            return simulate(seed, withFaults);
        } finally {
            // A router has values for each thread, and instances that crash do not remove theirs.
            FastThreadLocal.removeAll();
        }
    }

    private static Duration shortened(Duration withFaults) {
        Duration longest = Duration.ofMinutes(3);
        return withFaults.compareTo(longest) < 0 ? withFaults : longest;
    }

    abstract RunReport simulate(long seed, Duration withFaults);

    static Scenario named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
