package dev.tokencache.operator.console;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SameOriginTest {

    private static final String HOST = "redis-1.example:9000";

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "same-origin, http://redis-1.example:9000",
                "same-origin, -",
                "-,           http://redis-1.example:9000",
                "-,           https://REDIS-1.example:9000",
            })
    void shouldAcceptItsOwnForms(String site, String origin) {
        assertThat(SameOrigin.isSame(site, origin, HOST)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-,           -",
                "cross-site,  -",
                "same-site,   -",
                "none,        -",
                "SAME-ORIGIN, -",
                "'',          -",
                "cross-site,  http://redis-1.example:9000",
                "same-site,   http://redis-1.example:9000",
                "same-origin, http://evil.example",
                "same-origin, null",
                "-,           null",
                "-,           ''",
                "-,           http://evil.example",
                "-,           http://redis-1.example",
                "-,           http://redis-1.example:9001",
                "-,           http://redis-1.example:9000.evil.example",
                "-,           http://evil.example/redis-1.example:9000",
                "-,           http://redis-1.example:9000@evil.example",
                "-,           http://evil.example@redis-1.example:9000",
                "-,           'http://redis-1.example:9000 '",
                "-,           redis-1.example:9000",
                "-,           ://",
            })
    void shouldRefuseTheFormsOfOthers(String site, String origin) {
        assertThat(SameOrigin.isSame(site, origin, HOST)).isFalse();
    }

    @Test
    void shouldRefuseARequestWithoutAHost() {
        assertThat(SameOrigin.isSame(null, "http://redis-1.example:9000", null)).isFalse();
    }
}
