package dev.tokencache.store.redis;

import dev.tokencache.testing.WallClockTime;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouterLifecycleTest {

    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void shouldEndWithTheCondition() throws InterruptedException {
        RouterLifecycle.awaitOrGiveUp(
                () -> asked.incrementAndGet() == 3, Duration.ofHours(1), new WallClockTime(Clock.systemUTC()));

        assertThat(asked).hasValue(3);
    }

    @Test
    void shouldGiveUp() throws InterruptedException {
        RouterLifecycle.awaitOrGiveUp(
                () -> asked.incrementAndGet() < 0, Duration.ofMillis(20), new WallClockTime(Clock.systemUTC()));

        assertThat(asked).hasPositiveValue();
    }
}
