package dev.tokencache.caller;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a caller may do. */
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

    /** The role that a configuration names, or empty if there is none of that name. */
    static Optional<Role> parse(String text) {
        return Arrays.stream(values()).filter(role -> role.text.equals(text)).findFirst();
    }

    /** All names that a configuration may use, for a message. */
    static String names() {
        return Arrays.stream(values()).map(Role::toString).collect(Collectors.joining(", "));
    }

    /** The name as a configuration spells it. */
    @Override
    public String toString() {
        return text;
    }
}
