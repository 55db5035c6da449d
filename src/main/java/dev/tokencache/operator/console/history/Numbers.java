package dev.tokencache.operator.console.history;

import java.util.Locale;

/** Numbers for people. */
public final class Numbers {

    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB"};

    private Numbers() {}

    /** Three significant digits, and the unit: {@code 5310/s}, {@code 0.42 ms}, {@code 1.5 KiB} for bytes. */
    public static String text(double value, String unit) {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        if (unit.equals("B")) {
            return bytes(value);
        }
        boolean isAttached = unit.isEmpty() || unit.equals("/s") || unit.equals("%");
        return digits(value) + (isAttached ? unit : " " + unit);
    }

    private static String bytes(double value) {
        int power = 0;
        double scaled = value;
        while (scaled >= 1024 && power < BYTE_UNITS.length - 1) {
            scaled /= 1024;
            power++;
        }
        return digits(scaled) + " " + BYTE_UNITS[power];
    }

    private static String digits(double value) {
        String format = value >= 100 || value == Math.rint(value) ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** The least of 1, 2 and 5 times a power of ten that is not below a value; 1 for 0. */
    static double roundUp(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 5}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }
}
