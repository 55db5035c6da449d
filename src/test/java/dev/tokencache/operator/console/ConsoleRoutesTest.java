package dev.tokencache.operator.console;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleRoutesTest {

    /** {@code ConsoleIT} sends a field that is too long. */
    @ParameterizedTest
    @CsvSource({"400, 413", "500, 500", "502, 502"})
    void shouldCallOnlyAFormFieldTooLong(int status, int answered) {
        assertThat(ConsoleRoutes.problemOf(new IOException("of a page"), status).status())
                .isEqualTo(answered);
    }
}
