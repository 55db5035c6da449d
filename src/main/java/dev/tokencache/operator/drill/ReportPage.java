package dev.tokencache.operator.drill;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A report as Markdown: each member is a line, a list or a table. */
public final class ReportPage {

    private ReportPage() {}

    public static String of(DrillReport stored) {
        JsonNode report = stored.report();
        return report.propertyStream()
                .map(member -> section(member.getKey().replace('_', ' '), member.getValue()))
                .collect(Collectors.joining(
                        "",
                        "# Drill " + report.path("id").asText() + ": "
                                + report.path("verdict").asText()
                                + "\n\nTimes are in milliseconds. The columns of *measured* are explained in"
                                + " docs/faults.md.\n",
                        "\nSHA-256 of the JSON: " + stored.sha256() + "\n"));
    }

    private static String section(String name, JsonNode value) {
        if (value.isValueNode()) {
            return "\n" + name + ": " + value.asText() + "\n";
        }
        if (value.isEmpty()) {
            return "";
        }
        boolean isList = value.path(0).isValueNode();
        return "\n## " + name + "\n\n"
                + (isList
                        ? list(value)
                        : table(value.isArray() ? value.valueStream().toList() : List.of(value)));
    }

    private static String list(JsonNode texts) {
        return texts.valueStream().map(text -> "- " + text.asText() + "\n").collect(Collectors.joining());
    }

    private static String table(List<JsonNode> rows) {
        List<String> columns =
                rows.get(0).propertyStream().map(Map.Entry::getKey).toList();
        return row(columns.stream().map(column -> column.replace('_', ' ')))
                + "| --- ".repeat(columns.size()) + "|\n"
                + rows.stream()
                        .map(each -> row(
                                columns.stream().map(column -> each.path(column).asText())))
                        .collect(Collectors.joining());
    }

    private static String row(Stream<String> cells) {
        return cells.collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
