package dev.tokencache.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects the invalid settings below a prefix, so that one message names all of them. Not thread-safe. */
public final class ConfigProblems {

    private static final Duration MIN_DURATION = Duration.ofMillis(1);
    private static final Duration MAX_DURATION = Duration.ofHours(1);

    private final String prefix;
    private final List<String> problems = new ArrayList<>();

    public ConfigProblems(String prefix) {
        this.prefix = prefix;
    }

    /** Adds a problem of a property elsewhere, which it names in full. */
    public void add(String problem) {
        problems.add(problem);
    }

    /** @param problem the property below the prefix and what is wrong, such as {@code hosts must not be empty} */
    public void addIf(boolean isInvalid, String problem) {
        if (isInvalid) {
            add(prefix + problem);
        }
    }

    /** Rejects a zero duration, too: it would silently disable a timer. */
    public void checkDuration(String name, Duration value) {
        boolean isInvalid = value.compareTo(MIN_DURATION) < 0 || value.compareTo(MAX_DURATION) > 0;
        addIf(isInvalid, name + " must be from 1 millisecond to 1 hour");
    }

    public void checkNumber(String name, int value, int min, int max) {
        addIf(value < min || value > max, name + " must be from " + min + " to " + max);
    }

    /** @throws IllegalArgumentException naming every invalid property, if there is one */
    public void report() {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }
}
