package dev.tokencache.simulation;

import java.time.Duration;
import java.util.Locale;

/** The kinds of runs: which parts of the service take part. */
enum Scenario {
    /** Two instances and a cluster of three masters with a replica each. */
    CLUSTER {
        @Override
        RunReport run(long seed, Duration withFaults) {
            return new Simulation(seed).run(withFaults);
        }
    };

    /** Runs with random faults for a while, and then without, until full service is expected. */
    abstract RunReport run(long seed, Duration withFaults);

    static Scenario named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
