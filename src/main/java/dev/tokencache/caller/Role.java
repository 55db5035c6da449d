package dev.tokencache.caller;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A permission of a caller. */
public enum Role {
    /** Create and renew tokens. */
    ISSUE,
    /** Validate and introspect tokens. */
    VALIDATE,
    /** Expire a token or a subject's tokens. */
    REVOKE,
    /** Read records, and everything under {@code /v1/admin}. */
    ADMIN;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Parses a configured role. Returns empty if there is none of that name. */
    static Optional<Role> parse(String text) {
        return Arrays.stream(values()).filter(role -> role.text.equals(text)).findFirst();
    }

    /** All configurable names, for a message. */
    static String names() {
        return Arrays.stream(values()).map(Role::toString).collect(Collectors.joining(", "));
    }

    /** The name in the configuration. */
    @Override
    public String toString() {
        return text;
    }
}
