package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.ExitCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The sum of the parts of a comparison so far. Limits the findings in memory. Not thread-safe. */
final class VerifyReport {

    /** With more findings than this, their list is no longer useful. */
    private static final int MAX_FINDINGS = 10_000;

    private final ObjectNode sum = AdminApi.JSON.createObjectNode();

    /** @param mode {@code all} or {@code sample} */
    VerifyReport(String mode, Instant startedAt) {
        sum.put("mode", mode)
                .put("started_at", startedAt.getEpochSecond())
                .put("finished_at", 0)
                .put("findings_cut", false);
    }

    void add(JsonNode part) {
        add(part, sum);
    }

    /** Adds numbers, also those in objects, and appends to arrays. */
    private void add(JsonNode part, ObjectNode to) {
        part.properties().forEach(member -> {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (value.isNumber()) {
                to.put(name, to.path(name).asLong() + value.asLong());
            } else if (value.isObject()) {
                add(value, to.withObjectProperty(name));
            } else if (value.isArray()) {
                append(value, to.withArrayProperty(name));
            }
        });
    }

    private void append(JsonNode more, ArrayNode all) {
        for (JsonNode entry : more) {
            if (all.size() < MAX_FINDINGS) {
                all.add(entry);
            } else {
                sum.put("findings_cut", true);
            }
        }
    }

    long scanned() {
        return sum.path("scanned").asLong();
    }

    long compared() {
        return sum.path("compared").asLong();
    }

    long mismatches() {
        return StatusTable.sum(sum.path("mismatches"));
    }

    ExitCode exitCode() {
        if (mismatches() > 0) {
            return ExitCode.NO;
        }
        return sum.path("unknown").asLong() > 0 ? ExitCode.UNAVAILABLE : ExitCode.OK;
    }

    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(StatusTable.row("keys scanned", scanned()));
        lines.add(StatusTable.row("live and compared", compared()));
        lines.add(StatusTable.row("no reply", sum.path("unknown").asLong()));
        lines.add(StatusTable.row("identical", compared() - mismatches()));
        addRows("", sum.path("mismatches"), lines);
        addRows("refused: ", sum.path("refused"), lines);
        return lines;
    }

    private static void addRows(String prefix, JsonNode counts, List<String> lines) {
        counts.properties()
                .forEach(count -> lines.add(StatusTable.row(
                        prefix + count.getKey().replace('_', ' '),
                        count.getValue().asLong())));
    }

    ObjectNode json(Instant finishedAt) {
        return sum.put("finished_at", finishedAt.getEpochSecond());
    }
}
