package dev.tokencache.migration.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tokencache.http.error.Problem;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Refusal;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.migration.Side;
import dev.tokencache.migration.store.Verification;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The documents under {@code /v1/admin/migration}. Absent members are left out; moments are in seconds. */
@RegisterForReflection(
        targets = {
            MigrationBodies.StatusBody.class,
            MigrationBodies.BackfillBody.class,
            MigrationBodies.AdvanceBody.class,
            MigrationBodies.StartsBody.class,
            MigrationBodies.PartBody.class,
            MigrationBodies.FindingBody.class,
            MigrationBodies.RefusedBody.class,
            MigrationBodies.RefusalBody.class,
            Verification.Start.class
        })
final class MigrationBodies {

    private static final int CONFLICT = 409;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private MigrationBodies() {}

    record StatusBody(
            String phase,
            int readPercent,
            int mirrorPercent,
            long version,
            @Nullable Long since,
            @Nullable String by,
            @Nullable Long mirroredSince,
            long comparisons,
            Map<String, Long> mismatches,
            Map<String, Long> errors,
            BackfillBody backfill,
            AdvanceBody mayAdvance) {}

    record AdvanceBody(boolean ok, List<String> reasons) {}

    record BackfillBody(
            String status,
            long run,
            @Nullable Long startedAt,
            @Nullable Long completedAt,
            long keysPerSecond,
            long estimatedKeys,
            long scanned,
            long copied,
            long present,
            long skipped,
            long failed) {}

    record StartsBody(List<Verification.Start> starts) {}

    record PartBody(
            @Nullable String next,
            long scanned,
            long compared,
            long unknown,
            Map<String, Long> mismatches,
            List<FindingBody> findings,
            Map<String, Long> refused,
            List<RefusedBody> refusedRecords) {}

    record RefusedBody(String hash, String reason) {}

    record FindingBody(String jti, String kind) {}

    record RefusalBody(String type, String title, int status, String detail, List<String> reasons) {}

    private static byte[] write(Object body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document of the admin API cannot be written", e);
        }
    }

    static byte[] off() {
        return write(Map.of("phase", "off"));
    }

    static byte[] status(MigrationDial.Status status) {
        MigrationState state = status.shared().state();
        Evidence evidence = status.shared().evidence();
        boolean isChanged = state.version() > 0;
        return write(new StatusBody(
                state.phase().name(),
                state.phase().readPercent(),
                state.phase().mirrorPercent(),
                state.version(),
                isChanged ? seconds(state.sinceMillis()) : null,
                isChanged ? state.by() : null,
                seconds(state.mirroredSinceMillis()),
                evidence.comparisons(),
                mismatches(evidence.mismatches()),
                errors(evidence),
                backfillBody(status.shared().backfill()),
                new AdvanceBody(status.obstacles().isEmpty(), status.obstacles())));
    }

    private static Map<String, Long> mismatches(Map<Mismatch, Long> counts) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (Mismatch kind : Mismatch.values()) {
            all.put(kind.label(), counts.getOrDefault(kind, 0L));
        }
        return all;
    }

    private static Map<String, Long> errors(Evidence evidence) {
        Map<String, Long> all = new LinkedHashMap<>();
        for (Side side : Side.values()) {
            all.put(side.label(), evidence.errors(side));
        }
        return all;
    }

    static byte[] backfill(BackfillProgress progress) {
        return write(backfillBody(progress));
    }

    private static BackfillBody backfillBody(BackfillProgress progress) {
        BackfillProgress.Counts counts = progress.counts();
        return new BackfillBody(
                progress.status().name().toLowerCase(Locale.ROOT),
                progress.run(),
                progress.run() > 0 ? seconds(progress.startedAtMillis()) : null,
                seconds(progress.completedAtMillis()),
                progress.keysPerSecond(),
                progress.estimatedKeys(),
                counts.scanned(),
                counts.copied(),
                counts.present(),
                counts.skipped(),
                counts.failed());
    }

    static byte[] starts(List<Verification.Start> starts) {
        return write(new StartsBody(starts));
    }

    /** Counts all refused records, but lists none without a subject: most sessions may have none. */
    static byte[] part(Verification.Part part) {
        return write(new PartBody(
                part.next().orElse(null),
                part.scanned(),
                part.compared(),
                part.unknown(),
                mismatches(part.mismatches()),
                part.findings().stream()
                        .map(finding -> new FindingBody(
                                finding.token().text(), finding.kind().label()))
                        .toList(),
                counts(part.refused()),
                part.refused().stream()
                        .filter(record -> record.reason() != Refusal.NO_SUBJECT)
                        .map(record ->
                                new RefusedBody(record.hash(), record.reason().label()))
                        .toList()));
    }

    private static Map<String, Long> counts(List<RefusedRecord> refused) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Refusal reason : Refusal.values()) {
            counts.put(
                    reason.label(),
                    refused.stream().filter(record -> record.reason() == reason).count());
        }
        return counts;
    }

    /** A refused request: a problem (RFC 9457) that also lists the reasons in {@code reasons}. */
    static Response refused(List<String> reasons) {
        RefusalBody body = new RefusalBody(
                "urn:token-cache:problem:migration-refused",
                "The migration does not allow this now",
                CONFLICT,
                String.join("; ", reasons),
                reasons);
        return Response.status(CONFLICT)
                .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .entity(write(body))
                .build();
    }

    private static @Nullable Long seconds(OptionalLong millis) {
        return millis.isPresent() ? seconds(millis.getAsLong()) : null;
    }

    private static Long seconds(long millis) {
        return Math.floorDiv(millis, 1000L);
    }
}
