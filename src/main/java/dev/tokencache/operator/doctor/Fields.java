package dev.tokencache.operator.doctor;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fields of {@code INFO} or the parameters of {@code CONFIG GET}, by their present names or those before Redis 5. */
record Fields(Map<String, String> values) {

    private static final Pattern AMOUNT = Pattern.compile("(-?\\d+(?:\\.\\d+)?)(\\D*)");

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
        Matcher amount = AMOUNT.matcher(text.toLowerCase(Locale.ROOT));
        return amount.matches() ? Double.parseDouble(amount.group(1)) * factor(amount.group(2)) : other;
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
