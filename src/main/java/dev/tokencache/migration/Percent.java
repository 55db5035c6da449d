package dev.tokencache.migration;

/** The rule for percentages. */
final class Percent {

    private Percent() {}

    /** @throws IllegalArgumentException naming the field, unless the value is from 0 to 100 */
    static void check(String field, int value) {
        if (value < 0 || value > 100) {
            throw new IllegalArgumentException(field + " must be from 0 to 100");
        }
    }
}
