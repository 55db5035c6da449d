package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.RedisSettings;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.impl.RedisURI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    void shouldNameThePropertyThatThePasswordComesFrom() {
        Throwable wrong = new IllegalStateException("WRONGPASS");

        assertThat(connector("redis://a:7000").reason(wrong)).contains("(quarkus.redis.password)");
        assertThat(connector("redis://user:" + PASSWORD + "@a:7000").reason(wrong))
                .contains("(quarkus.redis.hosts)");
        assertThat(connector("redis://a:7000?password=" + PASSWORD).reason(wrong))
                .contains("(quarkus.redis.hosts)");
    }

    @Test
    void shouldReportOnlyRefusedLogins() {
        RedisConnector connector = connector("redis://a:7000");
        List<String> reported = new ArrayList<>();
        connector.onRefusedLogin(() -> reported.add("refused"));

        for (String message : List.of("WRONGPASS x", "NOAUTH x", "ERR invalid password", "LOADING x", "DENIED x")) {
            connector.reason(new IllegalStateException(message));
        }

        assertThat(reported).hasSize(3);
    }

    @Test
    void shouldConnectToTheSameNodesAsAnotherUser() {
        RedisConnector service =
                connector("rediss://token%20cache:" + PASSWORD + "@a:7000?password=x", "rediss://b:7000");
        RedisConnector other = service.withLogin("doc tor", "p+w", "tokencache.doctor.password");

        assertThat(other.seeds()).isEqualTo(service.seeds());
        assertThat(other.connectionString(new Endpoint("c", 1))).isEqualTo("rediss://doc%20tor:p%2Bw@c:1");
        assertThat(other.isTls()).isTrue();
        assertThat(service.user()).isEqualTo("token cache");
        assertThat(other.user()).isEqualTo("doc tor");
        assertThat(connector("redis://:" + PASSWORD + "@a:7000").user()).isEqualTo("default");
        assertThat(other.reason(new IllegalStateException("WRONGPASS"))).contains("(tokencache.doctor.password)");
    }

    @Test
    void shouldUseAnotherLoginForNewConnections() {
        RedisConnector connector = connector("redis://user:" + PASSWORD + "@a:7000");
        Endpoint node = new Endpoint("c", 1);

        Runnable change = connector.prepare(new RedisOptions().setEndpoints(List.of("redis://user:next@b:1")));
        assertThat(connector.connectionString(node)).isEqualTo("redis://user:" + PASSWORD + "@c:1");
        change.run();

        assertThat(connector.connectionString(node)).isEqualTo("redis://user:next@c:1");
        assertThat(connector.seeds()).containsExactly(new Endpoint("a", 7000));
    }

    @Test
    void shouldKeepTheLoginIfTheNextOneIsMalformed() {
        RedisConnector connector = connector("redis://a:7000");

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        connector.prepare(new RedisOptions().setEndpoints(List.of("redis://:" + PASSWORD + "@a b"))))
                .withMessageStartingWith("quarkus.redis.hosts")
                .withMessageNotContaining(PASSWORD);
        assertThat(connector.connectionString(new Endpoint("c", 1))).isEqualTo("redis://c:1");
    }

    /** RFC 3986: only percent encoding is decoded. The Vert.x client would take a plus for a space. */
    @ParameterizedTest
    @CsvSource({
        "redis://user:abc+def@a:7000, user, abc+def",
        "redis://user:abc%2Bdef@a:7000, user, abc+def",
        "redis://us+er:abc%20def%25@a:7000, us+er, abc def%",
        "redis://:a+b@a:7000, , a+b",
        "redis://user@a:7000, user, from+property",
        "redis://a:7000, , ",
    })
    void shouldTakeAPlusInTheUrlLiterally(String host, @Nullable String user, @Nullable String password) {
        RedisConnector connector = new RedisConnector(
                new RedisOptions().setEndpoints(List.of(host)).setPassword("from+property"),
                RedisSettings.usual(),
                LogLabels.OWN);

        RedisURI url = new RedisURI(connector.connectionString(new Endpoint("b", 7001)));

        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
        assertThat(url.socketAddress().host()).isEqualTo("b");
    }

    @Test
    void shouldFailALinkWhoseAddressTheClientRejects() {
        VertxNodeLink link = new VertxNodeLink(
                () -> {
                    throw new IllegalArgumentException("malformed");
                },
                true);

        assertThat(link.connect(() -> {}).cause()).hasMessage("malformed");
        link.close();
    }
}
