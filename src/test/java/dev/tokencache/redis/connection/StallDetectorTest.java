package dev.tokencache.redis.connection;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StallDetectorTest {

    private final VirtualTime time = new VirtualTime();
    private final StallDetector stalls = new StallDetector(time, Duration.ofMillis(100), Duration.ofMillis(80));

    private void passMillis(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    private boolean sweepAfterMillis(long millis) {
        passMillis(millis);
        return stalls.sweep();
    }

    @Test
    void shouldEnforceDeadlinesWhileSweepsAreInTime() {
        assertThat(sweepAfterMillis(25)).isTrue();
        assertThat(sweepAfterMillis(100)).isTrue();
    }

    /** Vert.x catches up on missed timers, all at the same moment. */
    @Test
    void shouldSuspendDeadlinesForTheGracePeriodAfterAStall() {
        assertThat(sweepAfterMillis(1000)).isFalse();
        assertThat(sweepAfterMillis(0)).isFalse();
        assertThat(sweepAfterMillis(79)).isFalse();
        assertThat(sweepAfterMillis(1)).isTrue();
        assertThat(sweepAfterMillis(25)).isTrue();
    }

    @Test
    void shouldReportAStallEvenBeforeTheFirstSweepAfterIt() {
        passMillis(100);
        assertThat(stalls.isStalled()).isFalse();
        passMillis(1);
        assertThat(stalls.isStalled()).isTrue();
        assertThat(stalls.sweep()).isFalse();
        assertThat(stalls.isStalled()).isTrue();
        assertThat(sweepAfterMillis(80)).isTrue();
        assertThat(stalls.isStalled()).isFalse();
    }

    @Test
    void shouldEnforceDeadlinesInEverySecondSweepOfALoopThatIsAlwaysLate() {
        assertThat(sweepAfterMillis(200)).isFalse();
        assertThat(sweepAfterMillis(200)).isTrue();
        assertThat(sweepAfterMillis(200)).isFalse();
        assertThat(sweepAfterMillis(200)).isTrue();
    }

    @Test
    void shouldAddUpHowLongTheLoopStalled() {
        sweepAfterMillis(25);
        sweepAfterMillis(100);
        assertThat(stalls.stalledNanos()).isZero();

        sweepAfterMillis(1000);
        sweepAfterMillis(0);
        sweepAfterMillis(200);

        assertThat(Duration.ofNanos(stalls.stalledNanos())).isEqualTo(Duration.ofMillis(900 + 100));
    }
}
