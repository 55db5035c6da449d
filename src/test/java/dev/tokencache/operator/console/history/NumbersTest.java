package dev.tokencache.operator.console.history;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NumbersTest {

    @ParameterizedTest
    @CsvSource({
        "5310,     /s, 5310/s",
        "0.42,     ms, 0.42 ms",
        "12.345,   ms, 12.3 ms",
        "123.45,   ms, 123 ms",
        "7,        '', 7",
        "99.95,    %,  100.0%",
        "NaN,      /s, unknown",
        "512,      B,  512 B",
        "1536,     B,  1.50 KiB",
        "10485760, B,  10 MiB",
        "1e15,     B,  931323 GiB",
    })
    void shouldBeShortAndHaveAUnit(double value, String unit, String text) {
        assertThat(Numbers.text(value, unit)).isEqualTo(text);
    }

    @Test
    void shouldNotDependOnTheLocaleOfTheMachine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(Numbers.text(1.5, "ms")).isEqualTo("1.50 ms");
        } finally {
            Locale.setDefault(before);
        }
    }
}
