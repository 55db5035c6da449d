package dev.tokencache.operator.console.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A line chart as SVG paths, in a box of {@value #WIDTH} by {@value #HEIGHT}, and the same in words.
 *
 * @param max the value at the top, with its unit
 */
public record Chart(String id, String title, String max, List<Line> lines) {

    public static final int WIDTH = 360;
    public static final int HEIGHT = 72;

    /** A value of the samples. */
    public record Series(String name, ToDoubleFunction<Sample> value) {}

    /**
     * A line.
     *
     * @param path the {@code d} of an SVG path, with a gap where there is no value
     * @param words the newest, the lowest and the highest value
     */
    public record Line(String name, String path, String words) {}

    public static Chart of(String id, String title, String unit, List<Sample> samples, Series... series) {
        double max = top(samples, series);
        List<Line> lines = new ArrayList<>();
        for (Series one : series) {
            lines.add(new Line(one.name(), path(samples, one, max), words(samples, one, unit)));
        }
        return new Chart(id, title, Numbers.text(max, unit), lines);
    }

    private static double top(List<Sample> samples, Series... series) {
        double max = 0;
        for (Sample sample : samples) {
            for (Series one : series) {
                double value = one.value().applyAsDouble(sample);
                if (value > max) {
                    max = value;
                }
            }
        }
        return Numbers.roundUp(max);
    }

    private static String path(List<Sample> samples, Series series, double max) {
        StringBuilder path = new StringBuilder();
        boolean isDrawing = false;
        // The newest sample is at the right edge.
        double first = MetricHistory.MAX_SAMPLES - samples.size();
        for (int i = 0; i < samples.size(); i++) {
            double value = series.value().applyAsDouble(samples.get(i));
            if (Double.isNaN(value)) {
                isDrawing = false;
            } else {
                // A line of no length is a dot: a value between two gaps.
                path.append(String.format(
                        Locale.ROOT,
                        isDrawing ? "L%.1f %.1f" : "M%.1f %.1fh0",
                        (first + i) * WIDTH / (MetricHistory.MAX_SAMPLES - 1),
                        HEIGHT - value * HEIGHT / max));
                isDrawing = true;
            }
        }
        return path.toString();
    }

    private static String words(List<Sample> samples, Series series, String unit) {
        double[] values = samples.stream()
                .mapToDouble(series.value())
                .filter(value -> !Double.isNaN(value))
                .toArray();
        if (values.length == 0) {
            return "no value yet";
        }
        double newest = series.value().applyAsDouble(samples.get(samples.size() - 1));
        double lowest = values[0];
        double highest = values[0];
        for (double value : values) {
            lowest = Math.min(lowest, value);
            highest = Math.max(highest, value);
        }
        return (Double.isNaN(newest) ? "now unknown" : "now " + Numbers.text(newest, unit)) + ", lowest "
                + Numbers.text(lowest, unit) + ", highest " + Numbers.text(highest, unit);
    }
}
