package dev.tokencache.operator.doctor.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** The report for a terminal: a line per finding, then what each code means and how to fix it. */
final class DoctorTable {

    private static final int MAX_SUBJECT = 40;

    private DoctorTable() {}

    static List<String> lines(JsonNode report) {
        List<String> lines = new ArrayList<>();
        JsonNode findings = report.path("findings");
        int width = findings.valueStream()
                .mapToInt(finding -> finding.path("subject").asText().length())
                .max()
                .orElse(0);
        String row = "%-6s %s %-" + Math.max(1, Math.min(MAX_SUBJECT, width)) + "s  %s";
        Map<String, JsonNode> codes = new LinkedHashMap<>();
        for (JsonNode finding : findings) {
            String what = text(finding, "title") + ": " + text(finding, "evidence");
            String status = coloured(text(finding, "status"));
            lines.add(format(row, text(finding, "code"), status, text(finding, "subject"), what));
            codes.putIfAbsent(text(finding, "code"), finding);
        }
        codes.forEach((code, finding) -> explain(code, finding, lines));
        if (!lines.isEmpty()) {
            lines.add("");
        }
        lines.add(counts(report));
        return lines;
    }

    private static void explain(String code, JsonNode finding, List<String> lines) {
        lines.add("");
        lines.add(code + " " + text(finding, "title"));
        for (String part : List.of("impact", "fix", "url")) {
            if (!text(finding, part).isEmpty()) {
                lines.add(format("  %-7s %s", part, text(finding, part)));
            }
        }
    }

    private static String counts(JsonNode report) {
        return format(
                "%s: %d nodes, %d checks; %d errors, %d warnings, %d unknown",
                text(report, "status"),
                report.path("nodes").asInt(),
                report.path("checks").size(),
                count(report, "error"),
                count(report, "warn"),
                count(report, "unknown"));
    }

    private static long count(JsonNode report, String status) {
        return report.path("findings")
                .valueStream()
                .filter(finding -> text(finding, "status").equals(status))
                .count();
    }

    /** Seven columns wide. */
    private static String coloured(String status) {
        String style = status.equals("error") ? "red,bold" : status.equals("warn") ? "yellow" : "faint";
        return Ansi.AUTO.string("@|" + style + " " + format("%-7s", status) + "|@");
    }

    /** Without control characters: some texts come from servers. */
    private static String text(JsonNode object, String name) {
        return object.path(name).asText().replaceAll("\\p{Cntrl}", "?");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
