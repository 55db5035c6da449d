package dev.tokencache.ops;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IdleCollectionsTest {

    private double calls;
    private long nanos = -5;
    private int made;
    private Duration pause = Duration.ofMillis(5);
    private final IdleCollections collections = new IdleCollections(() -> calls, this::collect, () -> nanos);

    private void collect() {
        made++;
        pass(pause);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private void lookTimes(int times) {
        for (int i = 0; i < times; i++) {
            pass(Duration.ofSeconds(10));
            collections.check();
        }
    }

    @Test
    void shouldCollectAtEachCheckWhileIdle() {
        lookTimes(3);

        assertThat(made).isEqualTo(3);
    }

    @Test
    void shouldNotCollectUnderLoad() {
        for (int i = 0; i < 3; i++) {
            calls++;
            lookTimes(1);
        }
        assertThat(made).isZero();

        lookTimes(1);
        assertThat(made).isEqualTo(1);
    }

    @Test
    void shouldSpendAtMostAThousandthOfTheTime() {
        pause = Duration.ofMillis(100);

        lookTimes(100);

        assertThat(made).isEqualTo(10);
    }
}
