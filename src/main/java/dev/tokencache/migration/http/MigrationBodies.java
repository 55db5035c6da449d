package dev.tokencache.migration.http;

import dev.tokencache.http.Responses;
import dev.tokencache.http.json.JsonDocument;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.Labelled;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.Side;
import dev.tokencache.migration.store.Verification;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The documents under {@code /v1/admin/migration}. Absent members are left out; moments are in seconds. */
final class MigrationBodies {

    private MigrationBodies() {}

    static byte[] off() {
        return new JsonDocument().with("phase", "off").bytes();
    }

    static byte[] status(MigrationDial.Status status) {
        MigrationState state = status.shared().state();
        Evidence evidence = status.shared().evidence();
        boolean isChanged = state.version() > 0;
        return new JsonDocument()
                .with("phase", state.phase().name())
                .with("read_percent", state.phase().readPercent())
                .with("mirror_percent", state.phase().mirrorPercent())
                .with("version", state.version())
                .with("since", isChanged ? seconds(state.sinceMillis()) : null)
                .with("by", isChanged ? state.by() : null)
                .with("mirrored_since", seconds(state.mirroredSinceMillis()))
                .with("comparisons", evidence.comparisons())
                .with("mismatches", counts(Mismatch.values(), evidence::mismatches))
                .with("errors", counts(Side.values(), evidence::errors))
                .with("backfill", document(status.shared().backfill()))
                .with(
                        "may_advance",
                        new JsonDocument()
                                .with("ok", status.obstacles().isEmpty())
                                .with("reasons", status.obstacles()))
                .bytes();
    }

    private static <E extends Labelled> JsonDocument counts(E[] kinds, ToLongFunction<E> count) {
        JsonDocument counts = new JsonDocument();
        for (E kind : kinds) {
            counts.put(kind.label(), count.applyAsLong(kind));
        }
        return counts;
    }

    static byte[] backfill(BackfillProgress progress) {
        return document(progress).bytes();
    }

    private static JsonDocument document(BackfillProgress progress) {
        BackfillProgress.Counts counts = progress.counts();
        return new JsonDocument()
                .with("status", progress.status().label())
                .with("run", progress.run())
                .with("started_at", progress.run() > 0 ? seconds(progress.startedAtMillis()) : null)
                .with("completed_at", seconds(progress.completedAtMillis()))
                .with("keys_per_second", progress.keysPerSecond())
                .with("estimated_keys", progress.estimatedKeys())
                .with("scanned", counts.scanned())
                .with("copied", counts.copied())
                .with("present", counts.present())
                .with("skipped", counts.skipped())
                .with("failed", counts.failed());
    }

    static byte[] starts(List<Verification.Start> starts) {
        List<JsonDocument> documents = starts.stream()
                .map(start ->
                        new JsonDocument().with("position", start.position()).with("keys", start.keys()))
                .toList();
        return new JsonDocument().with("starts", documents).bytes();
    }

    /** Counts all refused records, but lists none without a subject: most sessions may have none. */
    static byte[] part(Verification.Part part) {
        List<JsonDocument> findings = part.findings().stream()
                .map(finding -> new JsonDocument()
                        .with("jti", finding.token().text())
                        .with("kind", finding.kind().label()))
                .toList();
        List<JsonDocument> refused = part.refused().stream()
                .filter(record -> record.reason() != Refusal.NO_SUBJECT)
                .map(record -> new JsonDocument()
                        .with("hash", record.hash())
                        .with("reason", record.reason().label()))
                .toList();
        return new JsonDocument()
                .with("next", part.next().orElse(null))
                .with("scanned", part.scanned())
                .with("compared", part.compared())
                .with("unknown", part.unknown())
                .with("mismatches", counts(Mismatch.values(), kind -> part.mismatches()
                        .getOrDefault(kind, 0L)))
                .with("findings", findings)
                .with("refused", counts(Refusal.values(), reason -> part.refused().stream()
                        .filter(record -> record.reason() == reason)
                        .count()))
                .with("refused_records", refused)
                .bytes();
    }

    static Response refused(List<String> reasons) {
        return Responses.refused("migration-refused", "The migration does not allow this now", reasons);
    }

    private static @Nullable Long seconds(OptionalLong millis) {
        return millis.isPresent() ? seconds(millis.getAsLong()) : null;
    }

    private static Long seconds(long millis) {
        return Math.floorDiv(millis, 1000L);
    }
}
