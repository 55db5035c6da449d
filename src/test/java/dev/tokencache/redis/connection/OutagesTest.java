package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutagesTest {

    private static final Endpoint NODE = new Endpoint("a", 1);
    private static final Endpoint OTHER_NODE = new Endpoint("b", 1);

    private final Outages outages = new Outages();
    private final Object first = "the connection of one loop";
    private final Object second = "the connection of another loop";

    @Test
    void shouldTellAReasonOnceForAllConnectionsToANode() {
        assertThat(outages.away(NODE, first, "refused")).isTrue();
        assertThat(outages.away(NODE, first, "refused")).isFalse();
        assertThat(outages.away(NODE, second, "refused")).isFalse();
        assertThat(outages.away(OTHER_NODE, first, "refused")).isTrue();
    }

    @Test
    void shouldTellAReasonThatIsFoundLater() {
        outages.away(NODE, first, "closed");

        assertThat(outages.away(NODE, first, "wrong password")).isTrue();
        assertThat(outages.away(NODE, second, "closed")).isFalse();
    }

    @Test
    void shouldTellTheEndOnceWhenAllConnectionsAreBack() {
        outages.away(NODE, first, "closed");
        outages.away(NODE, second, "closed");

        assertThat(outages.back(NODE, first)).isFalse();
        assertThat(outages.back(NODE, second)).isTrue();
        assertThat(outages.back(NODE, second)).isFalse();
        assertThat(outages.back(OTHER_NODE, first)).isFalse();
    }

    @Test
    void shouldTellTheNextOutageAnew() {
        outages.away(NODE, first, "closed");
        outages.back(NODE, first);

        assertThat(outages.away(NODE, first, "closed")).isTrue();
    }
}
