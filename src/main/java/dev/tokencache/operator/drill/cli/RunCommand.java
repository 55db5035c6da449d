package dev.tokencache.operator.drill.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.drill.ClusterRecords;
import dev.tokencache.operator.drill.Drill;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.DrillReport;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.NodeAccess;
import dev.tokencache.operator.drill.Pace;
import dev.tokencache.operator.drill.ReportPage;
import dev.tokencache.operator.drill.SteadyCanaries;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import sun.misc.Signal;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a drill after a yes. Ctrl-C ends it, and it says what is left to do.")
final class RunCommand extends PlannedCommand {

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    @Option(
            names = "--report",
            paramLabel = "<folder>",
            description = "Also write the report there (Markdown and JSON).")
    @Nullable
    Path folder;

    @Option(
            names = "--max-age",
            paramLabel = "<seconds>",
            defaultValue = "0",
            description = "tokencache.near-cache.max-age of the service (0).")
    int maxAge;

    @Override
    ExitCode with(NodeAccess nodes, DrillPlan plan) {
        print(plan);
        if (!yes && !isConfirmed()) {
            out().println("nothing was changed");
            return ExitCode.OK;
        }
        Pace pace = Pace.REAL;
        boolean isTerminal = Ansi.AUTO.enabled() && !"dumb".equals(System.getenv("TERM"));
        Drill drill = new Drill(
                plan,
                conditions(),
                new Drill.Site(
                        nodes,
                        new SteadyCanaries(new HttpCalls(api()), Duration.ofSeconds(maxAge), pace),
                        new ClusterRecords(nodes, plan.before()::addresses, redis.keyPrefix()),
                        pace,
                        hook -> new Thread(hook, "hook").start(),
                        new LiveDisplay(out(), isTerminal, pace::nanos),
                        String.valueOf(caller)));
        stopOn("INT", drill);
        stopOn("TERM", drill);
        try {
            return finished(drill.run());
        } catch (Gate.Refused refused) {
            refused.reasons().forEach(reason -> out().println("the gate refuses: " + reason));
            out().println("nothing was changed");
            return ExitCode.NO;
        }
    }

    private static void stopOn(String signal, Drill drill) {
        try {
            Signal.handle(new Signal(signal), received -> drill.stop("interrupted by the operator"));
        } catch (IllegalArgumentException unavailable) {
            // The process was started to ignore it.
        }
    }

    private boolean isConfirmed() {
        Console console = System.console();
        return console != null && "yes".equals(console.readLine("Type yes to start: "));
    }

    private ExitCode finished(DrillReport report) {
        JsonNode body = report.report();
        out().println();
        out().println("verdict: " + report.verdict());
        body.path("reasons").forEach(reason -> out().println("  - " + reason.asText()));
        body.path("left").forEach(left -> out().println("left to do: "
                + left.path("what").asText() + ": " + left.path("command").asText()));
        if (body.has("continue_with")) {
            out().println("continue with: " + body.path("continue_with").asText());
        }
        out().println("report: " + body.path("id").asText() + " (drill history "
                + body.path("id").asText() + ")");
        if (folder != null) {
            write(folder, report);
        }
        return switch (report.verdict()) {
            case HELD -> ExitCode.OK;
            case BROKEN -> ExitCode.NO;
            case UNKNOWN -> ExitCode.UNAVAILABLE;
        };
    }

    private void write(Path to, DrillReport report) {
        Path file = to.resolve(report.report().path("id").asText());
        try {
            Files.createDirectories(to);
            Files.writeString(Path.of(file + ".json"), report.json());
            Files.writeString(Path.of(file + ".md"), ReportPage.of(report));
            out().println("written: " + file + ".md, " + file + ".json");
        } catch (IOException unwritable) {
            out().println("--report: the files cannot be written");
        }
    }
}
