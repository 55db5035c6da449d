package dev.tokencache.migration;

import java.util.EnumMap;
import java.util.Map;

/** The results of comparisons. Mismatches are by kind, failed calls by side; a missing one has none. */
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

    /** The ratio of mismatches to comparisons, from 0 to 1. */
    public double mismatchRate() {
        return comparisons == 0 ? 0 : (double) allMismatches() / comparisons;
    }

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
