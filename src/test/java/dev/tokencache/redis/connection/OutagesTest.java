package dev.tokencache.redis.connection;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutagesTest {

    private static final Endpoint NODE = new Endpoint("a", 1);
    private static final Endpoint OTHER_NODE = new Endpoint("b", 1);
    private static final String DOWN = "WARN Redis node unreachable, see tokencache_router_node_up; reason=";
    private static final String UP = "INFO Redis node reachable again";

    private final VirtualTime time = new VirtualTime();
    private final List<String> lines = new ArrayList<>();
    private final Outages outages = new Outages(LogLabels.OWN, (level, text) -> lines.add(level + " " + text));
    private final Object first = "connection of one loop";
    private final Object second = "connection of another loop";

    private void failed(Endpoint node, Object connection, String reason) {
        outages.failed(node, connection, reason, time.nanoTime());
    }

    private void recovered(Endpoint node, Object connection) {
        outages.recovered(node, connection, time.nanoTime());
    }

    @Test
    void shouldLogAReasonOncePerNode() {
        failed(NODE, first, "connection refused");
        failed(NODE, first, "connection refused");
        failed(NODE, second, "connection refused");
        assertThat(lines).containsExactly(DOWN + "connection refused");

        failed(OTHER_NODE, first, "connection refused");
        assertThat(lines).hasSize(2);
    }

    @Test
    void shouldLogAnotherReasonOfTheSameOutage() {
        failed(NODE, first, "connection closed");
        failed(NODE, first, "wrong password");
        failed(NODE, second, "connection closed");

        assertThat(lines).containsExactly(DOWN + "connection closed", DOWN + "wrong password");
    }

    @Test
    void shouldLogTheRecoveryOfTheLastConnection() {
        failed(NODE, first, "connection closed");
        failed(NODE, second, "connection closed");

        recovered(NODE, first);
        assertThat(lines).hasSize(1);
        recovered(NODE, second);
        recovered(NODE, second);
        recovered(OTHER_NODE, first);
        assertThat(lines).containsExactly(DOWN + "connection closed", UP);
    }

    @Test
    void shouldLogNoRecoveryOfANodeThatIsNoLongerNeeded() {
        failed(NODE, first, "connection closed");

        outages.closed(NODE, first);
        time.advance(Duration.ofMinutes(2));
        outages.tick(time.nanoTime());

        assertThat(lines).containsExactly(DOWN + "connection closed");
    }

    @Test
    void shouldLogTheNextOutageAgain() {
        failed(NODE, first, "connection closed");
        recovered(NODE, first);
        failed(NODE, first, "connection closed");

        assertThat(lines).hasSize(3);
    }

    @Test
    void shouldLogAFewLinesPerMinuteAboutALinkThatFlapsAndCountTheOthers() {
        for (int second = 0; second < 180; second++) {
            failed(NODE, first, "connection closed");
            time.advance(Duration.ofMillis(500));
            recovered(NODE, first);
            time.advance(Duration.ofMillis(500));
            outages.tick(time.nanoTime());
        }

        assertThat(lines).hasSizeBetween(6, 20);
        assertThat(lines).anyMatch(line -> line.endsWith("; omitted_lines=" + (120 - Outages.MAX_LINES)));
    }

    @Test
    void shouldLogThePresentStateAfterALinkHasFlapped() {
        for (int i = 0; i < Outages.MAX_LINES; i++) {
            failed(NODE, first, "connection closed");
            recovered(NODE, first);
        }
        failed(NODE, first, "no route to host");
        assertThat(lines).hasSize(Outages.MAX_LINES);

        time.advance(Duration.ofMinutes(1));
        outages.tick(time.nanoTime());
        outages.tick(time.nanoTime());

        assertThat(lines).hasSize(Outages.MAX_LINES + 1);
        assertThat(lines.get(Outages.MAX_LINES)).startsWith(DOWN + "no route to host; omitted_lines=");
    }

    @Test
    void shouldLogOnceThatANodeIsSlow() {
        outages.slow(NODE, first, true, time.nanoTime());
        outages.slow(NODE, first, true, time.nanoTime());
        outages.slow(NODE, second, true, time.nanoTime());
        outages.slow(OTHER_NODE, second, false, time.nanoTime());

        assertThat(lines).hasSize(1).allMatch(line -> line.startsWith("WARN Redis node slow"));
    }

    @Test
    void shouldLogARefusalOnceInAWhile() {
        outages.refused("NOPERM", time.nanoTime());
        outages.refused("NOPERM", time.nanoTime());
        outages.refused("CLUSTERDOWN", time.nanoTime());
        assertThat(lines).hasSize(2);

        time.advance(Outages.REFUSAL_PAUSE);
        outages.refused("NOPERM", time.nanoTime());
        assertThat(lines).hasSize(3);
    }
}
