package dev.tokencache.ops;

import jakarta.inject.Provider;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StartupChecksTest {

    private static Provider<?> failing(RuntimeException failure) {
        return () -> {
            throw failure;
        };
    }

    @Test
    void shouldReportNoProblemIfAllBeansCanBeCreated() {
        assertThat(StartupChecks.problems(List.of(() -> "a part", () -> "another")))
                .isEmpty();
    }

    @Test
    void shouldReportAllProblems() {
        assertThat(StartupChecks.problems(List.of(
                        failing(new IllegalArgumentException("a.b is not set")),
                        failing(new IllegalStateException("can not", new IllegalArgumentException("c.d is wrong"))))))
                .containsExactly("a.b is not set", "c.d is wrong");
    }

    @Test
    void shouldNotReportAFaultAsAConfigurationProblem() {
        IllegalStateException fault = new IllegalStateException("a bug");
        assertThatThrownBy(() -> StartupChecks.problems(List.of(failing(fault))))
                .isSameAs(fault);
    }
}
