package dev.tokencache.simulation;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import static org.assertj.core.api.Assertions.assertThat;

class SimulationTest {

    @Test
    void shouldHaveFixedSeedsOfEachScenario() {
        assertThat(Stream.of(new ClusterSimulationTest(), new JournalSimulationTest(), new MigrationSimulationTest())
                        .flatMap(SimulationContract::scenarios))
                .containsExactlyInAnyOrder(Scenario.values());
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
