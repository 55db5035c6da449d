package dev.tokencache.operator.console;

import dev.tokencache.token.InvalidRequestException;
import io.vertx.core.MultiMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The fields of a form that was sent.
 *
 * @param authorization the header of its request
 */
record Form(MultiMap fields, Optional<String> authorization) {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    /** Throws {@link InvalidRequestException} if the field is missing or empty. */
    String required(String name) {
        String value = optional(name);
        if (value.isEmpty()) {
            throw new InvalidRequestException(name, "is required");
        }
        return value;
    }

    String optional(String name) {
        String value = fields.get(name);
        return value == null ? "" : value.strip();
    }

    OptionalInt number(String name) {
        String value = optional(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!NUMBER.matcher(value).matches()) {
            throw new InvalidRequestException(name, "must be a whole number");
        }
        return OptionalInt.of(Integer.parseInt(value));
    }

    OptionalLong longNumber(String name) {
        OptionalInt number = number(name);
        return number.isPresent() ? OptionalLong.of(number.getAsInt()) : OptionalLong.empty();
    }

    boolean isChecked(String name) {
        return fields.contains(name);
    }

    /** Throws {@link InvalidRequestException} unless the caller has typed the words that the form asks for. */
    void requireConfirmation(String words) {
        if (!optional("confirmation").equals(words)) {
            throw new InvalidRequestException("confirmation", "must be exactly: " + words);
        }
    }

    /** Without values: they can be secrets. */
    @Override
    public String toString() {
        return "Form" + fields.names();
    }
}
