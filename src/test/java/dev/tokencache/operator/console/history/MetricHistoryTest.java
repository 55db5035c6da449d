package dev.tokencache.operator.console.history;

import dev.tokencache.operator.console.history.Totals.Bucket;
import dev.tokencache.operator.instances.Load;
import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MetricHistoryTest {

    private static final Totals NOTHING = totals(0, 0, 0, List.of(), 0, 0, OptionalLong.empty());

    private final VirtualTime time = new VirtualTime();
    private Totals totals = NOTHING;
    private final MetricHistory history = new MetricHistory(() -> totals, time);

    private static Totals totals(
            double active,
            double inactive,
            double unknown,
            List<Bucket> latency,
            double hits,
            double misses,
            OptionalLong lag) {
        return new Totals(active, inactive, unknown, latency, hits, misses, lag);
    }

    private static List<Bucket> latency(double upToOne, double upToTwo, double all) {
        return List.of(new Bucket(1, upToOne), new Bucket(2, upToTwo), new Bucket(Double.POSITIVE_INFINITY, all));
    }

    private Sample sampleAfter(Totals later) {
        totals = later;
        time.advance(MetricHistory.INTERVAL);
        return history.samples().get(history.samples().size() - 1);
    }

    @Test
    void shouldHaveNoSampleBeforeTheFirstInterval() {
        history.start();

        assertThat(history.samples()).isEmpty();
        assertThat(history.load()).isEqualTo(Load.NONE);
    }

    @Test
    void shouldMakeRatesOfTotals() {
        totals = totals(1000, 200, 5, List.of(), 10, 10, OptionalLong.empty());
        history.start();

        Sample sample = sampleAfter(totals(1100, 250, 10, List.of(), 40, 20, OptionalLong.of(512)));

        assertThat(sample.at()).isEqualTo(Instant.parse("2026-01-01T00:00:05Z"));
        assertThat(sample.active()).isEqualTo(20);
        assertThat(sample.inactive()).isEqualTo(10);
        assertThat(sample.unknown()).isEqualTo(1);
        assertThat(sample.perSecond()).isEqualTo(31);
        assertThat(sample.hitPercent()).isEqualTo(75);
        assertThat(sample.lagBytes()).isEqualTo(512);
        assertThat(history.load()).isEqualTo(new Load(31, 1));
    }

    @Test
    void shouldDivideByTheTimeThatHasPassed() {
        history.start();
        time.stall(Duration.ofSeconds(50));

        Sample sample = sampleAfter(totals(550, 0, 0, List.of(), 0, 0, OptionalLong.empty()));

        assertThat(history.samples().stream().mapToDouble(Sample::active)).allMatch(rate -> rate <= 11);
        assertThat(sample.active()).isLessThanOrEqualTo(11);
    }

    @Test
    void shouldHaveNoValueWhereNothingHappened() {
        history.start();

        Sample sample = sampleAfter(NOTHING);

        assertThat(sample.perSecond()).isZero();
        assertThat(sample.p50()).isNaN();
        assertThat(sample.p99()).isNaN();
        assertThat(sample.hitPercent()).isNaN();
        assertThat(sample.lagBytes()).isNaN();
    }

    @Test
    void shouldInterpolateQuantilesOfTheInterval() {
        totals = totals(0, 0, 0, latency(1000, 1000, 1000), 0, 0, OptionalLong.empty());
        history.start();

        // In the interval: 50 up to 1 ms, 50 more up to 2 ms.
        Sample sample = sampleAfter(totals(0, 0, 0, latency(1050, 1100, 1100), 0, 0, OptionalLong.empty()));

        assertThat(sample.p50()).isCloseTo(1, within(1e-9));
        assertThat(sample.p99()).isCloseTo(1.98, within(1e-9));
    }

    @Test
    void shouldNotInventALimitForTheLastBucket() {
        totals = totals(0, 0, 0, latency(0, 0, 0), 0, 0, OptionalLong.empty());
        history.start();

        Sample sample = sampleAfter(totals(0, 0, 0, latency(0, 0, 10), 0, 0, OptionalLong.empty()));

        assertThat(sample.p99()).isEqualTo(2);
    }

    @Test
    void shouldHaveNoQuantileWhenTheTimerAppears() {
        history.start();

        assertThat(sampleAfter(totals(1, 0, 0, latency(1, 1, 1), 0, 0, OptionalLong.empty()))
                        .p50())
                .isNaN();
    }

    @Test
    void shouldForgetWhatIsOlderThanFifteenMinutes() {
        history.start();

        time.advance(Duration.ofMinutes(20));

        List<Sample> samples = history.samples();
        assertThat(samples).hasSize(MetricHistory.MAX_SAMPLES);
        assertThat(samples.get(0).at()).isEqualTo(Instant.parse("2026-01-01T00:05:05Z"));
        assertThat(samples.get(samples.size() - 1).at()).isEqualTo(Instant.parse("2026-01-01T00:20:00Z"));
    }
}
