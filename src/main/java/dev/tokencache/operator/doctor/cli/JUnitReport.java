package dev.tokencache.operator.doctor.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/** The report in the XML of JUnit, which CI systems read: a test case per check. Unknown is a skipped case. */
final class JUnitReport {

    private JUnitReport() {}

    static String of(JsonNode report) {
        List<String> cases = report.path("checks")
                .valueStream()
                .map(check -> testCase(
                        check.asText(),
                        report.path("findings")
                                .valueStream()
                                .filter(finding -> finding.path("code").equals(check))
                                .toList()))
                .toList();
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuite name="doctor" tests="%d" failures="%d" skipped="%d">
                %s</testsuite>
                """.formatted(
                        cases.size(), count(cases, "</failure>"), count(cases, "</skipped>"), String.join("", cases));
    }

    private static long count(List<String> cases, String element) {
        return cases.stream().filter(it -> it.contains(element)).count();
    }

    private static String testCase(String code, List<JsonNode> findings) {
        boolean isFailed =
                findings.stream().anyMatch(finding -> !text(finding, "status").equals("unknown"));
        String element = isFailed ? "failure" : "skipped";
        String lines = findings.stream()
                .map(it -> "%s %s: %s. %s\n"
                        .formatted(text(it, "status"), text(it, "subject"), text(it, "evidence"), text(it, "fix")))
                .collect(Collectors.joining());
        String result = findings.isEmpty()
                ? ""
                : "    <%s message=\"%s\">%s</%s>\n".formatted(element, text(findings.get(0), "title"), lines, element);
        return "  <testcase classname=\"doctor\" name=\"%s\">\n%s  </testcase>\n".formatted(escaped(code), result);
    }

    private static String text(JsonNode finding, String name) {
        return escaped(finding.path(name).asText());
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
