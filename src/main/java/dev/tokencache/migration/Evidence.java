package dev.tokencache.migration;

import java.util.EnumMap;
import java.util.Map;

/**
 * What comparisons have shown.
 *
 * @param comparisons how many were made, with both sides answering
 * @param mismatches by kind; a kind that is missing was not seen
 * @param errors by side, of answers and writes that were needed; a side that is missing had none
 */
public record Evidence(long comparisons, Map<Mismatch, Long> mismatches, Map<Side, Long> errors) {

    public static final Evidence NONE = new Evidence(0, Map.of(), Map.of());

    public Evidence {
        mismatches = Map.copyOf(mismatches);
        errors = Map.copyOf(errors);
    }

    public boolean isNone() {
        return comparisons == 0
                && allMismatches() == 0
                && errors.values().stream().allMatch(count -> count == 0);
    }

    public long mismatches(Mismatch kind) {
        return mismatches.getOrDefault(kind, 0L);
    }

    public long errors(Side side) {
        return errors.getOrDefault(side, 0L);
    }

    public long allMismatches() {
        return mismatches.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The part of the comparisons that found something, from 0 to 1. */
    public double mismatchRate() {
        return comparisons == 0 ? 0 : (double) allMismatches() / comparisons;
    }

    /** Both together. */
    public Evidence plus(Evidence other) {
        Map<Mismatch, Long> kinds = new EnumMap<>(Mismatch.class);
        kinds.putAll(mismatches);
        other.mismatches.forEach((kind, count) -> kinds.merge(kind, count, Long::sum));
        Map<Side, Long> sides = new EnumMap<>(Side.class);
        sides.putAll(errors);
        other.errors.forEach((side, count) -> sides.merge(side, count, Long::sum));
        return new Evidence(comparisons + other.comparisons, kinds, sides);
    }
}
