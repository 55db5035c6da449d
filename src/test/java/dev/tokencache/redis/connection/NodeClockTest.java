package dev.tokencache.redis.connection;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NodeClockTest {

    private final VirtualTime time = new VirtualTime();
    private final NodeClock clock = new NodeClock(time);

    /** Otherwise a node could run a command after its call has ended. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300, 2000})
    void shouldNeverBeAheadOfTheNodeHoweverLateItsReplyIs(int replyTakesMillis) {
        long nodeMillis = time.clock().millis();
        time.advance(Duration.ofMillis(replyTakesMillis));
        clock.calibrate(nodeMillis, time.nanoTime());
        time.advance(Duration.ofSeconds(5));

        assertThat(clock.millisAt(time.nanoTime()))
                .isLessThanOrEqualTo(time.clock().millis())
                .isGreaterThanOrEqualTo(time.clock().millis() - replyTakesMillis - 2);
    }

    @Test
    void shouldAssumeTheServicesOwnClockToBeFarBehindANodeThatDoesNotSayItsTime() {
        assertThat(clock.millisAt(time.nanoTime()))
                .isEqualTo(time.clock().millis() + NodeClock.ASSUMED_DIFFERENCE.toMillis());
    }
}
