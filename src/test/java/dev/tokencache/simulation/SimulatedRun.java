package dev.tokencache.simulation;

import java.time.Duration;
import java.util.Map;

/** The course of a run until its first violation, since others may only follow from that. */
record SimulatedRun(World world, Oracle oracle, Clients clients) {

    private static final Duration STEP = Duration.ofSeconds(1);

    /** Lets time pass, in whole seconds. */
    void advance(Duration duration) {
        for (Duration run = Duration.ZERO;
                run.compareTo(duration) < 0 && oracle.violations().isEmpty();
                run = run.plus(STEP)) {
            world.run(STEP);
        }
    }

    /** @param faults how many faults there were of each kind */
    RunReport report(Map<String, Integer> faults) {
        return new RunReport(
                Duration.ofNanos(world.time().nanoTime()),
                faults,
                clients.calls(),
                oracle.checked(),
                oracle.violations(),
                world.history());
    }
}
