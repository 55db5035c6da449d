package dev.tokencache.reload;

import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import java.util.stream.Stream;

/**
 * A kind of values that can change while the service runs.
 *
 * @param kind its name in responses, metrics and the log
 * @param properties the properties that have these values; one that ends with a dot is a prefix
 * @param files the properties that name files with these values, likewise
 */
record Reloadable(String kind, List<String> properties, List<String> files, Change change) {

    @FunctionalInterface
    interface Change {

        /**
         * Checks the values and returns what puts them into use, which must not fail.
         *
         * @throws IllegalArgumentException with a message that starts with the name of the invalid property
         */
        Runnable prepare(SmallRyeConfig config);
    }

    /** Whether the property has such a value. */
    boolean has(String property) {
        return isOneOf(property, properties);
    }

    /** Whether the property names files with such values. */
    boolean namesFile(String property) {
        return isOneOf(property, files);
    }

    private static boolean isOneOf(String property, List<String> names) {
        return names.stream()
                .anyMatch(name -> property.equals(name)
                        || (name.endsWith(".") && property.startsWith(name))
                        || property.startsWith(name + "["));
    }

    /** The properties of an unexpected failure. */
    String all() {
        return String.join(
                ", ", Stream.concat(properties.stream(), files.stream()).toList());
    }
}
