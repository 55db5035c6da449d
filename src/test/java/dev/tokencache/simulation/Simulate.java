package dev.tokencache.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.logging.LogManager;
import java.util.stream.Collectors;

/**
 * Runs seeds until a moment, or one seed with its history. {@code bench/simulate} starts one such process for each core.
 *
 * <p>Prints a line for each run: scenario, seed, seconds of simulated time, calls, checked answers, faults by kind, and the number
 * of violations. A line for each violation follows, with a blank first.
 */
final class Simulate {

    static final Duration WITH_FAULTS = Duration.ofMinutes(15);

    private Simulate() {}

    /**
     * @param arguments {@code until SECONDS FIRST_SEED STEP SCENARIO...}, where the seconds are since the epoch; or
     *     {@code until-violation} with the same arguments, where the seconds are the CPU time of this process, so that a busy
     *     machine does not matter; or {@code replay SCENARIO SEED}; or {@code scenarios}
     */
    public static void main(String[] arguments) {
        LogManager.getLogManager().reset();
        if (arguments[0].equals("scenarios")) {
            Arrays.stream(Scenario.values()).forEach(System.out::println);
            return;
        }
        if (arguments[0].equals("replay")) {
            RunReport report = Scenario.named(arguments[1]).run(Long.parseLong(arguments[2]), WITH_FAULTS);
            System.out.print(report.history());
            report.violations().forEach(violation -> System.out.println("VIOLATION " + violation));
            return;
        }
        boolean stopsAtViolation = arguments[0].equals("until-violation");
        long end = Long.parseLong(arguments[1]);
        BooleanSupplier isOver = stopsAtViolation
                ? () -> ProcessHandle.current()
                                .info()
                                .totalCpuDuration()
                                .orElseThrow()
                                .toSeconds()
                        >= end
                : () -> Instant.now().getEpochSecond() >= end;
        long step = Long.parseLong(arguments[3]);
        List<Scenario> scenarios =
                Arrays.stream(arguments).skip(4).map(Scenario::named).toList();
        boolean found = false;
        for (long seed = Long.parseLong(arguments[2]); !isOver.getAsBoolean() && !found; seed += step) {
            for (Scenario scenario : scenarios) {
                RunReport report = scenario.run(seed, WITH_FAULTS);
                print(scenario, seed, report);
                found |= stopsAtViolation && !report.violations().isEmpty();
            }
        }
    }

    private static void print(Scenario scenario, long seed, RunReport report) {
        String faults = report.faults().entrySet().stream()
                .map(fault -> fault.getKey() + "=" + fault.getValue())
                .collect(Collectors.joining(","));
        System.out.printf(
                Locale.ROOT,
                "%s\t%d\t%d\t%d\t%d\t%s\t%d%n",
                scenario,
                seed,
                report.simulated().toSeconds(),
                report.calls(),
                report.checked(),
                faults,
                report.violations().size());
        report.violations().stream().limit(5).forEach(violation -> System.out.println(" " + violation));
        System.out.flush();
    }
}
