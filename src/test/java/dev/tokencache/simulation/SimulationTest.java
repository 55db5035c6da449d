package dev.tokencache.simulation;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class SimulationTest {

    private static final Duration WITH_FAULTS = Duration.ofMinutes(2);

    @ParameterizedTest
    @CsvSource({
        "cluster, 1",
        "cluster, 2",
        "near-cache, 1",
        "linearizable, 1",
        "shared-journal, 3",
        "local-journal, 1",
        "migration, 1",
        "migration, 2"
    })
    void shouldNotContradictWhatWasAcknowledged(String scenario, long seed) {
        RunReport report = Scenario.named(scenario).run(seed, WITH_FAULTS);

        assertThat(report.violations()).isEmpty();
        assertThat(report.faults()).isNotEmpty();
        assertThat(report.checked()).isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void shouldRepeatTheHistoryOfASeed(Scenario scenario) {
        RunReport first = scenario.run(1, Duration.ofSeconds(15));
        RunReport second = scenario.run(1, Duration.ofSeconds(15));

        assertThat(second.history()).isEqualTo(first.history());
        assertThat(second.history().lines().count()).isGreaterThan(500);
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
