package dev.tokencache.migration.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.json.Json;
import dev.tokencache.migration.AdvanceCheck;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.migration.Verification;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The documents under {@code /v1/admin/migration}; absent members are left out. */
final class MigrationBodies {

    private static final int CONFLICT = 409;

    private MigrationBodies() {}

    /** No migration is configured. */
    static byte[] off() {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("phase", "off");
            json.writeEndObject();
        });
    }

    static byte[] status(MigrationDial.Status status) {
        return Json.write(json -> {
            MigrationState state = status.shared().state();
            json.writeStartObject();
            json.writeStringField("phase", state.phase().name());
            json.writeNumberField("read_percent", state.phase().readPercent());
            json.writeNumberField("mirror_percent", state.phase().mirrorPercent());
            json.writeNumberField("version", state.version());
            if (state.version() > 0) {
                json.writeNumberField("since", seconds(state.sinceMillis()));
                json.writeStringField("by", state.by());
            }
            if (state.mirroredSinceMillis().isPresent()) {
                json.writeNumberField(
                        "mirrored_since", seconds(state.mirroredSinceMillis().getAsLong()));
            }
            writeEvidence(status.shared().evidence(), json);
            json.writeFieldName("backfill");
            writeBackfill(status.shared().backfill(), json);
            json.writeFieldName("may_advance");
            writeMayAdvance(status.mayAdvance(), json);
            json.writeEndObject();
        });
    }

    private static void writeEvidence(Evidence evidence, JsonGenerator json) throws IOException {
        json.writeNumberField("comparisons", evidence.comparisons());
        json.writeFieldName("mismatches");
        writeMismatches(evidence.mismatches(), json);
        json.writeObjectFieldStart("errors");
        for (Side side : Side.values()) {
            json.writeNumberField(side.label(), evidence.errors(side));
        }
        json.writeEndObject();
    }

    private static void writeMismatches(Map<Mismatch, Long> counts, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Mismatch kind : Mismatch.values()) {
            json.writeNumberField(kind.label(), counts.getOrDefault(kind, 0L));
        }
        json.writeEndObject();
    }

    private static void writeMayAdvance(AdvanceCheck may, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("ok", may.isOk());
        writeReasons(may.reasons(), json);
        json.writeEndObject();
    }

    private static void writeReasons(List<String> reasons, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("reasons");
        for (String reason : reasons) {
            json.writeString(reason);
        }
        json.writeEndArray();
    }

    static byte[] backfill(BackfillProgress progress) {
        return Json.write(json -> writeBackfill(progress, json));
    }

    private static void writeBackfill(BackfillProgress progress, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", progress.status().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("run", progress.run());
        if (progress.run() > 0) {
            json.writeNumberField("started_at", seconds(progress.startedAtMillis()));
        }
        if (progress.completedAtMillis().isPresent()) {
            json.writeNumberField(
                    "completed_at", seconds(progress.completedAtMillis().getAsLong()));
        }
        json.writeNumberField("keys_per_second", progress.keysPerSecond());
        json.writeNumberField("estimated_keys", progress.estimatedKeys());
        BackfillProgress.Tally tally = progress.tally();
        json.writeNumberField("scanned", tally.scanned());
        json.writeNumberField("copied", tally.copied());
        json.writeNumberField("present", tally.present());
        json.writeNumberField("skipped", tally.skipped());
        json.writeNumberField("failed", tally.failed());
        json.writeEndObject();
    }

    static byte[] starts(List<Verification.Start> starts) {
        return Json.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("starts");
            for (Verification.Start start : starts) {
                json.writeStartObject();
                json.writeStringField("position", start.position());
                json.writeNumberField("keys", start.keys());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    static byte[] part(Verification.Part part) {
        return Json.write(json -> {
            json.writeStartObject();
            if (part.next().isPresent()) {
                json.writeStringField("next", part.next().get());
            }
            json.writeNumberField("scanned", part.scanned());
            json.writeNumberField("compared", part.compared());
            json.writeNumberField("unknown", part.unknown());
            json.writeFieldName("mismatches");
            writeMismatches(part.mismatches(), json);
            json.writeArrayFieldStart("findings");
            for (Verification.Finding finding : part.findings()) {
                json.writeStartObject();
                json.writeStringField("jti", finding.token().text());
                json.writeStringField("kind", finding.kind().label());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** What may not be done now: a problem (RFC 9457) with the reasons in a member of its own. */
    static Response refused(List<String> reasons) {
        byte[] document = Json.write(json -> {
            json.writeStartObject();
            json.writeStringField("type", "urn:token-cache:problem:migration-refused");
            json.writeStringField("title", "The migration does not allow this now");
            json.writeNumberField("status", CONFLICT);
            json.writeStringField("detail", String.join("; ", reasons));
            writeReasons(reasons, json);
            json.writeEndObject();
        });
        return Response.status(CONFLICT)
                .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .entity(document)
                .build();
    }

    private static long seconds(long millis) {
        return Math.floorDiv(millis, 1000L);
    }
}
