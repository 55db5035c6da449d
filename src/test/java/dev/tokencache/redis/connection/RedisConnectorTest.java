package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.RedisSettings;
import io.vertx.redis.client.RedisOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RedisConnectorTest {

    private static final String PASSWORD = "hunter2";

    private static RedisConnector connector(String... hosts) {
        return new RedisConnector(
                new RedisOptions().setEndpoints(List.of(hosts)), RedisSettings.usual(), LogLabels.OWN);
    }

    @Test
    void shouldParseTheConfiguredHosts() {
        assertThat(connector("redis://a:7000", " rediss://[::1] ", "redis://a:7000")
                        .seeds())
                .containsExactly(new Endpoint("a", 7000), new Endpoint("::1", 6379));
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:" + PASSWORD + "@a b", "redis://:" + PASSWORD + "@under_score:1", PASSWORD})
    void shouldRejectAMalformedHostWithoutQuotingIt(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connector(host))
                .withMessageStartingWith("quarkus.redis.hosts")
                .withMessageNotContaining(PASSWORD)
                .withNoCause();
    }

    @Test
    void shouldExplainConnectionFailuresWithoutTheMessagesOfTheClient() {
        RedisConnector connector = connector("redis://a:7000");

        assertThat(connector.reason(new IllegalStateException("WRONGPASS " + PASSWORD)))
                .isEqualTo("wrong password or user (quarkus.redis.password)");
        assertThat(connector.reason(new UnknownHostException(PASSWORD)))
                .isEqualTo("unknown host name (tokencache.redis.address-map)");
        assertThat(connector.reason(new TimeoutException(PASSWORD))).isEqualTo("no reply in time");
        assertThat(connector.reason(new ConnectException(PASSWORD))).isEqualTo("connection refused or no route");
        assertThat(connector.reason(new IllegalStateException(PASSWORD))).isEqualTo("IllegalStateException");
    }

    @Test
    void shouldFailALinkWhoseAddressTheClientRejects() {
        VertxNodeLink link = new VertxNodeLink(() -> {
            throw new IllegalArgumentException("malformed");
        });

        assertThat(link.connect(() -> {}).cause()).hasMessage("malformed");
        link.close();
    }
}
