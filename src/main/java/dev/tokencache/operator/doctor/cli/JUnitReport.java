package dev.tokencache.operator.doctor.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The report in the XML of JUnit, which CI systems read: a test case per check. Unknown is a skipped case. */
final class JUnitReport {

    private JUnitReport() {}

    static String of(JsonNode report) {
        StringBuilder cases = new StringBuilder();
        int failures = 0;
        int skipped = 0;
        for (JsonNode check : report.path("checks")) {
            List<JsonNode> findings = report.path("findings")
                    .valueStream()
                    .filter(finding -> finding.path("code").equals(check))
                    .toList();
            boolean isFailed = findings.stream().anyMatch(finding -> !isUnknown(finding));
            failures += isFailed ? 1 : 0;
            skipped += isFailed || findings.isEmpty() ? 0 : 1;
            cases.append("  <testcase classname=\"doctor\" name=\"")
                    .append(escaped(check.asText()))
                    .append("\">\n");
            if (!findings.isEmpty()) {
                String element = isFailed ? "failure" : "skipped";
                cases.append("    <").append(element).append(" message=\"");
                cases.append(escaped(findings.get(0).path("title").asText())).append("\">");
                findings.forEach(finding -> cases.append(escaped(line(finding))).append('\n'));
                cases.append("</").append(element).append(">\n");
            }
            cases.append("  </testcase>\n");
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"doctor\" tests=\""
                + report.path("checks").size() + "\" failures=\"" + failures + "\" skipped=\"" + skipped + "\">\n"
                + cases + "</testsuite>\n";
    }

    private static boolean isUnknown(JsonNode finding) {
        return finding.path("status").asText().equals("unknown");
    }

    private static String line(JsonNode finding) {
        return finding.path("status").asText() + " " + finding.path("subject").asText() + ": "
                + finding.path("evidence").asText() + ". " + finding.path("fix").asText();
    }

    /** Leaves out what XML 1.0 does not allow. */
    private static String escaped(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]", "")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
