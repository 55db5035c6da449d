package dev.tokencache.operator.console.history;

import dev.tokencache.operator.console.history.Chart.Series;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChartTest {

    private static final Series ACTIVE = new Series("active", Sample::active);

    private static List<Sample> samples(double... active) {
        return DoubleStream.of(active)
                .mapToObj(value -> new Sample(Instant.EPOCH, value, 3, 0, 0, 0, 0, 0))
                .toList();
    }

    private static Chart chart(double... active) {
        return Chart.of("id", "Title", "/s", samples(active), ACTIVE);
    }

    @Test
    void shouldEndAtTheRightEdgeAndFitTheHighestValue() {
        Chart chart = chart(0, 50, 100);

        assertThat(chart.max()).isEqualTo("100/s");
        assertThat(chart.lines().get(0).path()).isEqualTo("M356.0 72.0h0L358.0 36.0L360.0 0.0");
    }

    @Test
    void shouldRoundTheTopUp() {
        assertThat(chart(130).max()).isEqualTo("200/s");
        assertThat(chart(0.3).max()).isEqualTo("0.50/s");
        assertThat(chart(0).max()).isEqualTo("1/s");
        assertThat(chart().max()).isEqualTo("1/s");
    }

    @Test
    void shouldLeaveAGapWhereThereIsNoValueAndShowALonelyOneAsADot() {
        assertThat(chart(1, Double.NaN, 1, 1).lines().get(0).path()).isEqualTo("M354.0 0.0h0M358.0 0.0h0L360.0 0.0");
        assertThat(chart(Double.NaN).lines().get(0).path()).isEmpty();
    }

    @Test
    void shouldFillTheBoxWithFifteenMinutes() {
        double[] values = Collections.nCopies(MetricHistory.MAX_SAMPLES, 1.0).stream()
                .mapToDouble(one -> one)
                .toArray();

        assertThat(chart(values).lines().get(0).path())
                .startsWith("M0.0 0.0h0L2.0 0.0")
                .endsWith("L360.0 0.0");
    }

    @Test
    void shouldSayTheSameInWords() {
        assertThat(chart(4, 1, 2).lines().get(0).words()).isEqualTo("now 2/s, lowest 1/s, highest 4/s");
        assertThat(chart(4, Double.NaN).lines().get(0).words()).isEqualTo("now unknown, lowest 4/s, highest 4/s");
        assertThat(chart().lines().get(0).words()).isEqualTo("no value yet");
        assertThat(chart(Double.NaN).lines().get(0).words()).isEqualTo("no value yet");
    }

    @Test
    void shouldDrawAllLinesOnOneScale() {
        Chart chart = Chart.of("id", "Title", "/s", samples(10), ACTIVE, new Series("inactive", Sample::inactive));

        assertThat(chart.lines()).extracting(Chart.Line::path).containsExactly("M360.0 0.0h0", "M360.0 50.4h0");
    }
}
