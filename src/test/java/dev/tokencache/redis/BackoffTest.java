package dev.tokencache.redis;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BackoffTest {

    private final VirtualTime time = new VirtualTime();

    @Test
    void shouldDoubleUpToTheMaximumWithJitterOfHalf() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(400), time.random());
        for (long base : new long[] {100, 200, 400, 400, 400}) {
            assertThat(backoff.next().toMillis()).isBetween(base / 2, base + base / 2);
        }
    }

    @Test
    void shouldStartAgainAfterAReset() {
        Backoff backoff = new Backoff(Duration.ofMillis(10), Duration.ofMinutes(1), time.random());
        for (int attempt = 0; attempt < 20; attempt++) {
            backoff.next();
        }
        backoff.reset();
        assertThat(backoff.next().toMillis()).isBetween(5L, 15L);
    }

    @Test
    void shouldNeverReturnLessThanOneMillisecond() {
        Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), time.random());
        for (int attempt = 0; attempt < 100; attempt++) {
            assertThat(backoff.next()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
        }
    }

    @Test
    void shouldRejectDelaysThatCannotGrow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), time.random()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), time.random()));
    }
}
