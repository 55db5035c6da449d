package dev.tokencache.redis;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EndpointTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:7001, 127.0.0.1, 7001",
        "redis-3.example:6379, redis-3.example, 6379",
        "::1:7001, ::1, 7001",
        ":7002, asked, 7002",
        "?:7002, asked, 7002",
    })
    void shouldReadTheEndpointOfARedirection(String text, String host, int port) {
        assertThat(Endpoint.parse(text, "asked")).contains(new Endpoint(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", "host:x", "host:0", "host:65536", "host:-1"})
    void shouldNotReadAnythingElse(String text) {
        assertThat(Endpoint.parse(text, "asked")).isEmpty();
    }

    @Test
    void shouldPutBracketsAroundAnIpv6Address() {
        assertThat(new Endpoint("::1", 6379)).hasToString("[::1]:6379");
        assertThat(new Endpoint("localhost", 6379)).hasToString("localhost:6379");
    }

    @Test
    void shouldBeTheSameWhereHostAndPortAre() {
        Endpoint endpoint = new Endpoint("a", 1);

        assertThat(endpoint)
                .isEqualTo(new Endpoint("a", 1))
                .hasSameHashCodeAs(new Endpoint("a", 1))
                .isNotEqualTo(new Endpoint("b", 1))
                .isNotEqualTo(new Endpoint("a", 2))
                .isNotEqualTo("a:1");
    }

    @Test
    void shouldRefuseAnEmptyHost() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint("", 6379));
    }
}
