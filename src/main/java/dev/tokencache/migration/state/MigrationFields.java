package dev.tokencache.migration.state;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Encodes the shared state as fields of a hash, and decodes it. Pure. */
final class MigrationFields {

    private static final String CURSOR = "b.cursor.";

    private MigrationFields() {}

    static Map<String, String> of(MigrationState state) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("s.version", Long.toString(state.version()));
        fields.put("s.phase", state.phase().name());
        fields.put("s.read", Integer.toString(state.phase().readPercent()));
        fields.put("s.mirror", Integer.toString(state.phase().mirrorPercent()));
        fields.put("s.since", Long.toString(state.sinceMillis()));
        fields.put("s.by", state.by());
        fields.put("s.mirrored", optional(state.mirroredSinceMillis()));
        fields.put("s.window", Long.toString(state.window()));
        return fields;
    }

    static Map<String, String> of(Evidence evidence) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("c.comparisons", Long.toString(evidence.comparisons()));
        evidence.mismatches().forEach((kind, count) -> fields.put("c." + kind.label(), Long.toString(count)));
        evidence.errors().forEach((side, count) -> fields.put("c.errors." + side.label(), Long.toString(count)));
        return fields;
    }

    /** The fields that a runner may write: all except the status and the settings of operators. */
    static Map<String, String> ofRunner(BackfillProgress progress) {
        Map<String, String> fields = new LinkedHashMap<>();
        BackfillProgress.Counts counts = progress.counts();
        fields.put("b.completed", optional(progress.completedAtMillis()));
        fields.put("b.scanned", Long.toString(counts.scanned()));
        fields.put("b.copied", Long.toString(counts.copied()));
        fields.put("b.present", Long.toString(counts.present()));
        fields.put("b.skipped", Long.toString(counts.skipped()));
        fields.put("b.failed", Long.toString(counts.failed()));
        fields.put("b.estimated", Long.toString(progress.estimatedKeys()));
        progress.cursors().forEach((master, cursor) -> fields.put(CURSOR + master, cursor));
        return fields;
    }

    /** The fields that an operator may write. */
    static Map<String, String> ofRequest(BackfillProgress wanted) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("b.run", Long.toString(wanted.run()));
        fields.put("b.status", wanted.status().name());
        fields.put("b.limit", Long.toString(wanted.keysPerSecond()));
        fields.put("b.started", Long.toString(wanted.startedAtMillis()));
        return fields;
    }

    static Shared shared(Map<String, String> fields) {
        return new Shared(state(fields), evidence(fields), backfill(fields));
    }

    private static MigrationState state(Map<String, String> fields) {
        String phase = fields.get("s.phase");
        if (phase == null) {
            return MigrationState.INITIAL;
        }
        return new MigrationState(
                MigrationPhase.of(
                        MigrationPhase.Step.of(phase)
                                .orElseThrow(() -> new IllegalArgumentException("unknown migration phase")),
                        (int) number(fields, "s.read"),
                        (int) number(fields, "s.mirror")),
                number(fields, "s.since"),
                fields.getOrDefault("s.by", ""),
                number(fields, "s.version"),
                optional(fields, "s.mirrored"),
                number(fields, "s.window"));
    }

    private static Evidence evidence(Map<String, String> fields) {
        Map<Mismatch, Long> mismatches = new EnumMap<>(Mismatch.class);
        for (Mismatch kind : Mismatch.values()) {
            mismatches.put(kind, number(fields, "c." + kind.label()));
        }
        Map<Side, Long> errors = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            errors.put(side, number(fields, "c.errors." + side.label()));
        }
        return new Evidence(number(fields, "c.comparisons"), mismatches, errors);
    }

    private static BackfillProgress backfill(Map<String, String> fields) {
        Map<String, String> cursors = new HashMap<>();
        fields.forEach((field, value) -> {
            if (field.startsWith(CURSOR)) {
                cursors.put(field.substring(CURSOR.length()), value);
            }
        });
        return new BackfillProgress(
                BackfillProgress.Status.valueOf(fields.getOrDefault("b.status", BackfillProgress.Status.IDLE.name())),
                number(fields, "b.run"),
                number(fields, "b.started"),
                optional(fields, "b.completed"),
                number(fields, "b.limit"),
                new BackfillProgress.Counts(
                        number(fields, "b.scanned"),
                        number(fields, "b.copied"),
                        number(fields, "b.present"),
                        number(fields, "b.skipped"),
                        number(fields, "b.failed")),
                cursors,
                number(fields, "b.estimated"));
    }

    private static long number(Map<String, String> fields, String field) {
        return Long.parseLong(fields.getOrDefault(field, "0"));
    }

    private static OptionalLong optional(Map<String, String> fields, String field) {
        String value = fields.getOrDefault(field, "");
        return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
    }

    private static String optional(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "";
    }
}
