package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutagesTest {

    private static final Endpoint NODE = new Endpoint("a", 1);
    private static final Endpoint OTHER_NODE = new Endpoint("b", 1);

    private final Outages outages = new Outages();
    private final Object first = "connection of one loop";
    private final Object second = "connection of another loop";

    @Test
    void shouldReportAReasonOncePerNode() {
        assertThat(outages.failed(NODE, first, "refused")).isTrue();
        assertThat(outages.failed(NODE, first, "refused")).isFalse();
        assertThat(outages.failed(NODE, second, "refused")).isFalse();
        assertThat(outages.failed(OTHER_NODE, first, "refused")).isTrue();
    }

    @Test
    void shouldReportAnotherReasonOfTheSameOutage() {
        outages.failed(NODE, first, "closed");

        assertThat(outages.failed(NODE, first, "wrong password")).isTrue();
        assertThat(outages.failed(NODE, second, "closed")).isFalse();
    }

    @Test
    void shouldReportTheRecoveryOfTheLastConnection() {
        outages.failed(NODE, first, "closed");
        outages.failed(NODE, second, "closed");

        assertThat(outages.recovered(NODE, first)).isFalse();
        assertThat(outages.recovered(NODE, second)).isTrue();
        assertThat(outages.recovered(NODE, second)).isFalse();
        assertThat(outages.recovered(OTHER_NODE, first)).isFalse();
    }

    @Test
    void shouldReportTheNextOutageAgain() {
        outages.failed(NODE, first, "closed");
        outages.recovered(NODE, first);

        assertThat(outages.failed(NODE, first, "closed")).isTrue();
    }
}
