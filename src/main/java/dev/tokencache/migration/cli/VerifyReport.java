package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of a comparison so far. Limits the findings in memory. Not thread-safe. */
final class VerifyReport {

    /** With more findings than this, their list is no longer useful. */
    private static final int MAX_FINDINGS = 10_000;

    private final String mode;
    private final Instant startedAt;
    private final Map<String, Long> mismatches = new LinkedHashMap<>();
    private final Map<String, Long> refused = new LinkedHashMap<>();
    private final ArrayNode findings = AdminApi.JSON.createArrayNode();
    private final ArrayNode refusedRecords = AdminApi.JSON.createArrayNode();
    private long scanned;
    private long compared;
    private long unknown;
    private boolean isCut;

    /** @param mode {@code all} or {@code sample} */
    VerifyReport(String mode, Instant startedAt) {
        this.mode = mode;
        this.startedAt = startedAt;
    }

    void add(JsonNode part) {
        scanned += part.path("scanned").asLong();
        compared += part.path("compared").asLong();
        unknown += part.path("unknown").asLong();
        sum(part.path("mismatches"), mismatches);
        sum(part.path("refused"), refused);
        list(part.path("findings"), findings);
        list(part.path("refused_records"), refusedRecords);
    }

    private static void sum(JsonNode counts, Map<String, Long> sums) {
        counts.fields()
                .forEachRemaining(
                        entry -> sums.merge(entry.getKey(), entry.getValue().asLong(), Long::sum));
    }

    private void list(JsonNode more, ArrayNode all) {
        for (JsonNode entry : more) {
            if (all.size() < MAX_FINDINGS) {
                all.add(entry);
            } else {
                isCut = true;
            }
        }
    }

    long scanned() {
        return scanned;
    }

    long compared() {
        return compared;
    }

    long allMismatches() {
        return mismatches.values().stream().mapToLong(Long::longValue).sum();
    }

    ExitCode exitCode() {
        if (allMismatches() > 0) {
            return ExitCode.NO;
        }
        return unknown > 0 ? ExitCode.UNAVAILABLE : ExitCode.OK;
    }

    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(StatusTable.row("keys scanned", StatusTable.number(scanned)));
        lines.add(StatusTable.row("live and compared", StatusTable.number(compared)));
        lines.add(StatusTable.row("no reply", StatusTable.number(unknown)));
        lines.add(StatusTable.row("identical", StatusTable.number(compared - allMismatches())));
        mismatches.forEach(
                (kind, count) -> lines.add(StatusTable.row(kind.replace('_', ' '), StatusTable.number(count))));
        refused.forEach((reason, count) ->
                lines.add(StatusTable.row("refused: " + reason.replace('_', ' '), StatusTable.number(count))));
        return lines;
    }

    ObjectNode json(Instant finishedAt) {
        ObjectNode report = AdminApi.JSON.createObjectNode();
        report.put("mode", mode);
        report.put("started_at", startedAt.getEpochSecond());
        report.put("finished_at", finishedAt.getEpochSecond());
        report.put("scanned", scanned);
        report.put("compared", compared);
        report.put("unknown", unknown);
        ObjectNode kinds = report.putObject("mismatches");
        mismatches.forEach(kinds::put);
        report.set("findings", findings);
        ObjectNode reasons = report.putObject("refused");
        refused.forEach(reasons::put);
        report.set("refused_records", refusedRecords);
        report.put("findings_cut", isCut);
        return report;
    }
}
