package dev.tokencache.operator.doctor;

import java.util.Locale;
import java.util.Map;

/** The fields of {@code INFO} or the parameters of {@code CONFIG GET}, by their present names or those before Redis 5. */
record Fields(Map<String, String> values) {

    /** Empty if the server does not have it. */
    String text(String name) {
        String value = values.get(name);
        return value != null ? value : values.getOrDefault(name.replace("replica", "slave"), "");
    }

    boolean has(String name, String value) {
        return text(name).equalsIgnoreCase(value);
    }

    /** A number or an amount of memory such as {@code 64mb}; the other value if there is none. */
    double number(String name, double other) {
        return amount(text(name), other);
    }

    static double amount(String text, double other) {
        String lower = text.toLowerCase(Locale.ROOT);
        String unit = lower.replaceFirst("^[-0-9.]*", "");
        try {
            return Double.parseDouble(lower.substring(0, lower.length() - unit.length())) * factor(unit);
        } catch (NumberFormatException notANumber) {
            return other;
        }
    }

    private static double factor(String unit) {
        return switch (unit) {
            case "k" -> 1e3;
            case "kb" -> 1L << 10;
            case "m" -> 1e6;
            case "mb" -> 1L << 20;
            case "g" -> 1e9;
            case "gb" -> 1L << 30;
            default -> 1;
        };
    }
}
