package dev.tokencache.simulation;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SimulationTest {

    private static final Duration WITH_FAULTS = Duration.ofMinutes(2);

    @ParameterizedTest
    @CsvSource({"cluster, 1", "cluster, 2", "cluster, 3"})
    void shouldNotContradictWhatWasAcknowledged(String scenario, long seed) {
        RunReport report = Scenario.named(scenario).run(seed, WITH_FAULTS);

        assertThat(report.violations()).isEmpty();
        assertThat(report.faults()).isNotEmpty();
        assertThat(report.checked()).isGreaterThan(1000);
    }

    @ParameterizedTest
    @CsvSource("cluster")
    void shouldRepeatTheHistoryOfASeed(String scenario) {
        RunReport first = Scenario.named(scenario).run(1, Duration.ofSeconds(30));
        RunReport second = Scenario.named(scenario).run(1, Duration.ofSeconds(30));

        assertThat(second.history()).isEqualTo(first.history());
        assertThat(second.history().lines().count()).isGreaterThan(5_000);
    }

    /** {@code ./mvnw test -Dtest=SimulationTest -Dseed=415 -Dscenario=cluster}: prints the history of a seed. */
    @Test
    @EnabledIfSystemProperty(named = "seed", matches = "\\d+")
    void shouldReplayASeed() {
        RunReport report = Scenario.named(System.getProperty("scenario", "cluster"))
                .run(Long.getLong("seed"), Simulate.WITH_FAULTS);

        System.out.println(report.history());
        assertThat(report.violations()).isEmpty();
    }
}
