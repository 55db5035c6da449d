package dev.tokencache.operator.drill.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.AdminCommand;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.drill.DrillReport;
import dev.tokencache.operator.drill.ReportPage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "Lists the drills of the cluster, or shows the report of one.")
final class HistoryCommand extends AdminCommand {

    @Parameters(arity = "0..1", paramLabel = "<id>", description = "The report to show, as Markdown.")
    @Nullable
    String id;

    @Option(names = "--json", description = "Print the JSON.")
    boolean json;

    @Override
    public Integer call() {
        JsonNode history = api().get(DrillCommand.DRILL);
        if (id == null) {
            list(history);
            return ExitCode.OK.number();
        }
        for (JsonNode stored : history.path("reports")) {
            if (stored.path("report").path("id").asText().equals(id)) {
                return show(new DrillReport(stored.toString())).number();
            }
        }
        throw ExitCode.NO.failure("the cluster stores no report " + id);
    }

    private void list(JsonNode history) {
        if (json) {
            out().println(history);
            return;
        }
        if (history.has("running")) {
            JsonNode running = history.path("running");
            out().println("running: " + running.path("id").asText() + ", "
                    + running.path("steps_done").asText() + " of "
                    + running.path("steps").size() + " steps");
        }
        history.path("reports").forEach(stored -> {
            JsonNode report = stored.path("report");
            out().printf(
                            "%-8s  %s  %s%n",
                            report.path("verdict").asText(),
                            report.path("id").asText(),
                            report.path("reasons").path(0).asText());
        });
    }

    private ExitCode show(DrillReport report) {
        out().println(json ? report.json() : ReportPage.of(report));
        if (!report.isIntact()) {
            out().println("The SHA-256 does not match: the report was changed.");
            return ExitCode.NO;
        }
        return ExitCode.OK;
    }
}
