package dev.tokencache.token;

import dev.tokencache.token.InvalidRequestException.Violation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InvalidRequestExceptionTest {

    @Test
    void shouldNameTheFieldsInItsMessage() {
        assertThat(new InvalidRequestException("sub", "must not be empty"))
                .hasMessageContaining("sub")
                .hasMessageContaining("must not be empty");
    }

    @Test
    void shouldCopyItsViolations() {
        List<Violation> violations = new ArrayList<>(List.of(new Violation("sub", "must not be empty")));
        InvalidRequestException exception = new InvalidRequestException(violations);

        violations.clear();

        assertThat(exception.violations()).containsExactly(new Violation("sub", "must not be empty"));
    }
}
