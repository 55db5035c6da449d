package dev.tokencache.operator.doctor.live;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class DoctorConfigTest {

    private record Config(
            Optional<String> user, Optional<String> password, Optional<Path> passwordFile, Optional<Duration> every)
            implements DoctorConfig {
        Config(@Nullable String user, @Nullable String password, @Nullable Duration every) {
            this(
                    Optional.ofNullable(user),
                    Optional.ofNullable(password),
                    Optional.empty(),
                    Optional.ofNullable(every));
        }
    }

    @Test
    void shouldAcceptWhatIsComplete() {
        assertThatNoException().isThrownBy(() -> DoctorConfig.check(new Config(null, null, null)));
        assertThatNoException().isThrownBy(() -> DoctorConfig.check(new Config("doctor", "x", Duration.ofSeconds(10))));
    }

    @Test
    void shouldNameTheInvalidProperty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DoctorConfig.check(new Config("doctor", null, null)))
                .withMessageContaining("tokencache.doctor.user needs tokencache.doctor.password");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DoctorConfig.check(new Config(null, null, Duration.ofSeconds(1))))
                .withMessage("tokencache.doctor.every must be at least 10 seconds");
    }
}
