package dev.tokencache.token;

import java.util.List;

/**
 * The {@code aud} of a token (RFC 7519 section 4.1.3): strings in the caller's order, or a {@code single} one, which is
 * then returned as a string.
 */
public record Audience(List<String> values, boolean single) {

    public Audience {
        values = List.copyOf(values);
        if (single && values.size() != 1) {
            throw new IllegalArgumentException("a single audience is one string");
        }
    }

    public static Audience of(String value) {
        return new Audience(List.of(value), true);
    }

    public static Audience of(List<String> values) {
        return new Audience(values, false);
    }
}
