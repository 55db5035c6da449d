package dev.tokencache.operator.console.history;

import dev.tokencache.operator.console.history.Totals.Bucket;
import java.time.Instant;
import java.util.List;

/**
 * The values of one interval. A value that nothing shows is NaN.
 *
 * @param at its end
 * @param active verdicts per second; so are {@code inactive} and {@code unknown}
 * @param p50 the median duration of a validation in milliseconds, interpolated between the limits of the histogram
 * @param p99 the 99th percentile, likewise
 * @param hitPercent how many of 100 validations the near cache answered
 * @param lagBytes how far the slowest replica is behind
 */
public record Sample(
        Instant at,
        double active,
        double inactive,
        double unknown,
        double p50,
        double p99,
        double hitPercent,
        double lagBytes) {

    /** What happened between two moments that are some seconds apart. */
    static Sample between(Totals before, Totals after, double seconds, Instant at) {
        double hits = after.hits() - before.hits();
        double lookups = hits + after.misses() - before.misses();
        return new Sample(
                at,
                (after.active() - before.active()) / seconds,
                (after.inactive() - before.inactive()) / seconds,
                (after.unknown() - before.unknown()) / seconds,
                quantile(0.5, before.latency(), after.latency()),
                quantile(0.99, before.latency(), after.latency()),
                lookups > 0 ? 100 * hits / lookups : Double.NaN,
                after.lagBytes().isPresent() ? after.lagBytes().getAsLong() : Double.NaN);
    }

    public double perSecond() {
        return active + inactive + unknown;
    }

    /** As Prometheus' {@code histogram_quantile}: linear between the limits of a bucket; NaN without a validation. */
    private static double quantile(double quantile, List<Bucket> before, List<Bucket> after) {
        if (after.isEmpty() || before.size() != after.size()) {
            return Double.NaN;
        }
        int last = after.size() - 1;
        double wanted = quantile * count(before, after, last);
        double lowerCount = 0;
        double lowerLimit = 0;
        for (int i = 0; i <= last && wanted > 0; i++) {
            double count = count(before, after, i);
            double limit = after.get(i).millis();
            if (count >= wanted) {
                return Double.isInfinite(limit)
                        ? lowerLimit
                        : lowerLimit + (limit - lowerLimit) * (wanted - lowerCount) / (count - lowerCount);
            }
            lowerCount = count;
            lowerLimit = limit;
        }
        return Double.NaN;
    }

    private static double count(List<Bucket> before, List<Bucket> after, int bucket) {
        return after.get(bucket).count() - before.get(bucket).count();
    }
}
