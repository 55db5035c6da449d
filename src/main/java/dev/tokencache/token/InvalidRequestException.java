package dev.tokencache.token;

import java.util.List;

/** A request violates one or more rules. Each violation names the field. */
public final class InvalidRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** A violated rule of the field with that JSON name. The message must not contain the value, maybe a token. */
    public record Violation(String field, String message) {}

    private final transient List<Violation> violations;

    public InvalidRequestException(List<Violation> violations) {
        super("invalid fields: " + violations, null, false, false);
        this.violations = List.copyOf(violations);
    }

    public InvalidRequestException(String field, String message) {
        this(List.of(new Violation(field, message)));
    }

    public List<Violation> violations() {
        return violations;
    }
}
