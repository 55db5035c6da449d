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
        "[::1]:7001, ::1, 7001",
        ":7002, queried, 7002",
    })
    void shouldParseTheEndpointOfARedirection(String text, String host, int port) {
        assertThat(Endpoint.parse(text, "queried")).contains(new Endpoint(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", "host:x", "[]:1", "host:0", "host:65536", "host:-1"})
    void shouldNotParseAMalformedEndpoint(String text) {
        assertThat(Endpoint.parse(text, "queried")).isEmpty();
    }

    @Test
    void shouldPrintAnIpv6AddressInBrackets() {
        assertThat(new Endpoint("::1", 6379)).hasToString("[::1]:6379");
        assertThat(new Endpoint("localhost", 6379)).hasToString("localhost:6379");
    }

    @Test
    void shouldEqualAnEndpointWithTheSameHostAndPort() {
        Endpoint endpoint = new Endpoint("a", 1);

        assertThat(endpoint)
                .isEqualTo(new Endpoint("a", 1))
                .hasSameHashCodeAs(new Endpoint("a", 1))
                .isNotEqualTo(new Endpoint("b", 1))
                .isNotEqualTo(new Endpoint("a", 2))
                .isNotEqualTo("a:1");
    }

    @Test
    void shouldRejectAnEmptyHost() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint("", 6379));
    }
}
