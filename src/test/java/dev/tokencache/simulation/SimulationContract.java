package dev.tokencache.simulation;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the fixed seeds of a group of scenarios. Each group is a class, since a class is the unit of work that the test
 * processes share.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SimulationContract {

    private static final Duration WITH_FAULTS = Duration.ofMinutes(2);
    private static final Duration REPEATED = Duration.ofSeconds(15);

    record Run(Scenario scenario, long seed) {}

    abstract List<Run> runs();

    final Stream<Scenario> scenarios() {
        return runs().stream().map(Run::scenario).distinct();
    }

    /** Those whose history must be the same again. */
    Stream<Scenario> repeated() {
        return scenarios();
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldNotContradictWhatWasAcknowledged(Run run) {
        RunReport report = run.scenario().run(run.seed(), WITH_FAULTS);

        assertThat(report.violations()).isEmpty();
        assertThat(report.faults()).isNotEmpty();
        assertThat(report.checked()).isGreaterThan(1000);
    }

    @ParameterizedTest
    @MethodSource("repeated")
    void shouldRepeatTheHistoryOfASeed(Scenario scenario) {
        RunReport first = scenario.run(1, REPEATED);
        RunReport second = scenario.run(1, REPEATED);

        assertThat(second.history()).isEqualTo(first.history());
        assertThat(second.history().lines().count()).isGreaterThan(500);
    }
}
