package dev.tokencache.simulation;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SimulationTest {

    private static final Duration WITH_FAULTS = Duration.ofMinutes(2);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldNotContradictWhatWasAcknowledged(long seed) {
        Simulation simulation = new Simulation(seed);
        simulation.run(WITH_FAULTS);

        assertThat(simulation.violations()).isEmpty();
        assertThat(simulation.faults()).isNotEmpty();
        assertThat(simulation.checkedAnswers()).isGreaterThan(1000);
    }

    @Test
    void shouldRepeatTheHistoryOfASeed() {
        Simulation first = new Simulation(1);
        first.run(Duration.ofSeconds(30));
        Simulation second = new Simulation(1);
        second.run(Duration.ofSeconds(30));

        assertThat(second.history()).isEqualTo(first.history());
        assertThat(second.history().lines().count()).isGreaterThan(5_000);
    }
}
