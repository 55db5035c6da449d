package dev.tokencache.operator.console.history;

import java.util.List;
import java.util.OptionalLong;

/**
 * What the metrics count since the start of the process, at one moment.
 *
 * @param latency the validations by their duration
 * @param hits validations that the near cache answered
 * @param misses validations that it did not answer
 * @param lagBytes how far the slowest replica is behind its master; empty if no replica shows it
 */
public record Totals(
        double active,
        double inactive,
        double unknown,
        List<Bucket> latency,
        double hits,
        double misses,
        OptionalLong lagBytes) {

    public Totals {
        latency = List.copyOf(latency);
    }

    /**
     * How many validations took at most a time.
     *
     * @param millis infinite in the last bucket, which counts all
     */
    public record Bucket(double millis, double count) {}
}
