package dev.tokencache.operator.drill.live;

import dev.tokencache.operator.drill.Gate;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DrillConfigTest {

    private record Config(
            String hours,
            OptionalInt maxParallel,
            Optional<String> user,
            Optional<String> password,
            Optional<Path> passwordFile,
            Optional<Path> hook)
            implements DrillConfig {

        Config(String hours, OptionalInt maxParallel, Optional<String> user) {
            this(hours, maxParallel, user, Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    @Test
    void shouldReadTheLimits() {
        Gate.Limits limits = DrillConfig.limits(new Config("22:00-04:00", OptionalInt.of(2), Optional.empty()));

        assertThat(limits.hours()).hasToString("22:00-04:00");
        assertThat(limits.parallel()).isEqualTo(2);
    }

    @Test
    void shouldNameTheInvalidProperty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DrillConfig.limits(new Config("9-16", OptionalInt.empty(), Optional.empty())))
                .withMessage("tokencache.drill.hours must be like 09:00-16:00");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DrillConfig.limits(new Config("09:00-16:00", OptionalInt.of(0), Optional.empty())))
                .withMessage("tokencache.drill.max-parallel must be at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DrillConfig.limits(new Config("09:00-16:00", OptionalInt.empty(), Optional.of("drill"))))
                .withMessageStartingWith("tokencache.drill.user needs tokencache.drill.password");
    }
}
