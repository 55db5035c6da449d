package dev.tokencache.migration.cli;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProgressTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Progress progress = new Progress();

    @Test
    void shouldStartWithoutASpeed() {
        Progress.Reading reading = progress.at(0, 10, 100, 0);
        assertThat(reading.perSecond()).isZero();
        assertThat(reading.left()).isEmpty();
        assertThat(reading.percent()).isEqualTo(10);
    }

    @Test
    void shouldReportSpeedAndTimeLeft() {
        progress.at(0, 0, 1000, 0);
        Progress.Reading reading = progress.at(2 * SECOND, 200, 1000, 3);
        assertThat(reading.perSecond()).isEqualTo(100);
        assertThat(reading.left()).isEqualTo(Optional.of(Duration.ofSeconds(8)));
    }

    @Test
    void shouldMeasureOnlyTheLastTenSeconds() {
        for (int second = 0; second <= 20; second++) {
            progress.at(second * SECOND, second * 1000L, 100_000, 0);
        }
        for (int second = 21; second <= 40; second++) {
            progress.at(second * SECOND, 20_000 + (second - 20) * 10L, 100_000, 0);
        }
        assertThat(progress.at(41 * SECOND, 20_210, 100_000, 0).perSecond()).isBetween(9.0, 11.0);
    }

    @Test
    void shouldResetOnANewRun() {
        progress.at(0, 5000, 10_000, 0);
        assertThat(progress.at(SECOND, 100, 10_000, 0).perSecond()).isZero();
    }

    @Test
    void shouldNotExceedHundredPercent() {
        progress.at(0, 0, 100, 0);
        Progress.Reading reading = progress.at(SECOND, 150, 100, 0);
        assertThat(reading.percent()).isEqualTo(100);
        assertThat(reading.left()).isEqualTo(Optional.of(Duration.ZERO));
    }
}
