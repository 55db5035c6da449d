package dev.tokencache.migration.store;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimiterTest {

    private final VirtualTime time = new VirtualTime();
    private final RateLimiter rateLimiter = new RateLimiter(time);

    @Test
    void shouldNotDelayWithoutALimit() {
        rateLimiter.scanned(1_000_000);
        assertThat(rateLimiter.delay()).isZero();
        assertThat(rateLimiter.pageSize()).isEqualTo(500);
    }

    @Test
    void shouldDelayInProportionToTheScannedKeys() {
        rateLimiter.limit(100);
        rateLimiter.scanned(50);
        assertThat(rateLimiter.delay()).isEqualTo(Duration.ofMillis(500));
        time.advance(Duration.ofMillis(200));
        assertThat(rateLimiter.delay()).isEqualTo(Duration.ofMillis(300));
        time.advance(Duration.ofMillis(300));
        assertThat(rateLimiter.delay()).isZero();
    }

    @Test
    void shouldUseSmallPagesAtALowLimit() {
        rateLimiter.limit(1);
        assertThat(rateLimiter.pageSize()).isEqualTo(1);
        rateLimiter.limit(100);
        assertThat(rateLimiter.pageSize()).isEqualTo(25);
        rateLimiter.limit(1_000_000);
        assertThat(rateLimiter.pageSize()).isEqualTo(500);
    }

    @Test
    void shouldNotBurstAfterAStall() {
        rateLimiter.limit(100);
        time.advance(Duration.ofMinutes(1));
        rateLimiter.scanned(100);
        assertThat(rateLimiter.delay()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldDropTheDebtOfTheOldLimit() {
        rateLimiter.limit(1);
        rateLimiter.scanned(500);
        assertThat(rateLimiter.delay()).isEqualTo(Duration.ofSeconds(1));
        rateLimiter.limit(0);
        assertThat(rateLimiter.delay()).isZero();
    }
}
