package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats the status of a migration as a table. Pure. */
final class StatusTable {

    private StatusTable() {}

    static List<String> lines(JsonNode status) {
        List<String> lines = new ArrayList<>();
        lines.add(row("phase", phase(status)));
        if (!status.has("may_advance")) {
            return lines;
        }
        if (status.has("since")) {
            lines.add(row(
                    "since",
                    time(status.path("since")) + " by " + status.path("by").asText()));
        }
        if (status.has("mirrored_since")) {
            lines.add(row("mirrored since", time(status.path("mirrored_since"))));
        }
        lines.add(row("comparisons", status.path("comparisons").asLong()));
        lines.addAll(counts("mismatches", status.path("mismatches")));
        lines.addAll(counts("errors", status.path("errors")));
        lines.addAll(backfill(status.path("backfill")));
        boolean mayAdvance = status.path("may_advance").path("ok").asBoolean();
        lines.add(row("may advance", mayAdvance ? "yes" : "no"));
        status.path("may_advance").path("reasons").forEach(reason -> lines.add(row("", "- " + reason.asText())));
        return lines;
    }

    private static String phase(JsonNode status) {
        String name = status.path("phase").asText();
        return switch (name) {
            case "ramp" ->
                name + ", " + status.path("read_percent").asInt() + " % of the tokens read from the cluster, "
                        + compared(status);
            case "mirror", "cluster" -> name + ", " + compared(status);
            default -> name;
        };
    }

    private static String compared(JsonNode status) {
        return status.path("mirror_percent").asInt() + " % of the validations compared";
    }

    static List<String> backfill(JsonNode backfill) {
        List<String> lines = new ArrayList<>();
        String state = backfill.path("status").asText();
        if (backfill.path("run").asLong() == 0) {
            return List.of(row("backfill", state));
        }
        long limit = backfill.path("keys_per_second").asLong();
        lines.add(row(
                "backfill",
                state + ", run " + backfill.path("run").asLong() + ", began "
                        + time(backfill.path("started_at"))
                        + (limit == 0 ? "" : ", at most " + number(limit) + " keys/s")));
        for (String what : List.of("scanned", "copied", "present", "skipped", "failed")) {
            lines.add(row("  " + what, backfill.path(what).asLong()));
        }
        return lines;
    }

    private static List<String> counts(String title, JsonNode counts) {
        List<String> lines = new ArrayList<>();
        lines.add(row(title, sum(counts)));
        counts.properties().forEach(entry -> {
            if (entry.getValue().asLong() > 0) {
                lines.add(row(
                        "  " + entry.getKey().replace('_', ' '),
                        entry.getValue().asLong()));
            }
        });
        return lines;
    }

    static long sum(JsonNode counts) {
        return counts.valueStream().mapToLong(JsonNode::asLong).sum();
    }

    private static String row(String name, String value) {
        return String.format(Locale.ROOT, "%-22s%s", name, value);
    }

    static String row(String name, long number) {
        return row(name, number(number));
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String time(JsonNode seconds) {
        return Instant.ofEpochSecond(seconds.asLong()).toString();
    }
}
