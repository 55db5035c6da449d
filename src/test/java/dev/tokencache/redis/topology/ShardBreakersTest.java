package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouteException;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShardBreakersTest {

    private static final Endpoint FAILING = new Endpoint("10.0.0.1", 7000);
    private static final Endpoint HEALTHY = new Endpoint("10.0.0.2", 7000);
    private static final RouteException NO_REPLY = new RouteException("no reply");

    private static final Duration DELAY = Duration.ofSeconds(15);

    private final VirtualTime time = new VirtualTime();
    private final ShardBreakers breakers = new ShardBreakers(DELAY, time.clock());

    @Test
    void shouldOpenAfterConsecutiveFailuresOfOneMasterOnly() {
        fail(FAILING, 4);
        assertThat(breakers.admits(FAILING)).isTrue();
        fail(FAILING, 1);

        assertThat(breakers.admits(FAILING)).isFalse();
        assertThat(breakers.admits(HEALTHY)).isTrue();
        assertThat(breakers.openCount()).isEqualTo(1);
    }

    @Test
    void shouldNotCountFailuresWithRepliesBetween() {
        for (int i = 0; i < 20; i++) {
            fail(FAILING, 4);
            breakers.replied(FAILING);
        }

        assertThat(breakers.admits(FAILING)).isTrue();
        assertThat(breakers.openCount()).isZero();
    }

    @Test
    void shouldCloseWhenTheMasterRepliesAgain() {
        fail(FAILING, 5);

        breakers.recovered(FAILING);

        assertThat(breakers.admits(FAILING)).isTrue();
        assertThat(breakers.openCount()).isZero();
    }

    @Test
    void shouldCloseAllWhenTheClusterIsInOrderAgain() {
        fail(FAILING, 5);

        breakers.recovered();

        assertThat(breakers.admits(FAILING)).isTrue();
    }

    @Test
    void shouldDropBreakersOfNodesThatAreNoLongerMasters() {
        fail(FAILING, 5);
        fail(HEALTHY, 5);

        breakers.retain(Set.of(HEALTHY));

        assertThat(breakers.openCount()).isEqualTo(1);
        assertThat(breakers.admits(HEALTHY)).isFalse();
    }

    @Test
    void shouldAdmitOneProbeAfterTheDelay() {
        fail(FAILING, 5);

        time.advance(DELAY);
        assertThat(breakers.admits(FAILING)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(breakers.admits(FAILING)).isTrue();
        assertThat(breakers.admits(FAILING)).as("a second probe").isFalse();
        breakers.replied(FAILING);

        assertThat(breakers.admits(FAILING)).isTrue();
        assertThat(breakers.openCount()).isZero();
    }

    private void fail(Endpoint master, int times) {
        for (int i = 0; i < times; i++) {
            breakers.failed(master, NO_REPLY);
        }
    }
}
