package dev.tokencache.token;

import java.util.List;

/**
 * Whom a token is meant for: {@code aud} of RFC 7519 section 4.1.3, one string or several.
 *
 * @param values the audiences, in the caller's order
 * @param single whether the caller wrote one string and not an array, so that it comes back as it was
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
