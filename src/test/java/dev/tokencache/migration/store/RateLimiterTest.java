package dev.tokencache.migration.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimiterTest {

    private final AtomicLong nanos = new AtomicLong();
    private final RateLimiter pace = new RateLimiter(nanos::get);

    @Test
    void shouldNeverRestWithoutALimit() {
        pace.taken(1_000_000);
        assertThat(pace.rest()).isZero();
        assertThat(pace.pageSize()).isEqualTo(500);
    }

    @Test
    void shouldRestAsLongAsTheKeysTake() {
        pace.limit(100);
        pace.taken(50);
        assertThat(pace.rest()).isEqualTo(Duration.ofMillis(500));
        nanos.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(pace.rest()).isEqualTo(Duration.ofMillis(300));
        nanos.addAndGet(Duration.ofMillis(300).toNanos());
        assertThat(pace.rest()).isZero();
    }

    @Test
    void shouldAskForSmallPagesAtALowLimit() {
        pace.limit(1);
        assertThat(pace.pageSize()).isEqualTo(1);
        pace.limit(100);
        assertThat(pace.pageSize()).isEqualTo(25);
        pace.limit(1_000_000);
        assertThat(pace.pageSize()).isEqualTo(500);
    }

    @Test
    void shouldNotMakeUpForAStandstill() {
        pace.limit(100);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        pace.taken(100);
        assertThat(pace.rest()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldForgetTheOldLimit() {
        pace.limit(1);
        pace.taken(500);
        assertThat(pace.rest()).isEqualTo(Duration.ofSeconds(1));
        pace.limit(0);
        assertThat(pace.rest()).isZero();
    }
}
