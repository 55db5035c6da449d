package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Compares both sides token by token: prints a table and writes a report in JSON.",
            "It scans the old store, so it does not find tokens that only the cluster has."
        })
final class VerifyCommand extends AdminCommand {

    private static final int DEFAULT_SAMPLE = 1000;
    private static final int PAGE_SIZE = 500;

    @ArgGroup
    @Nullable
    Extent extent;

    @Option(
            names = "--report",
            paramLabel = "<file>",
            defaultValue = "migration-verify.json",
            description = "The file for the report (${DEFAULT-VALUE}).")
    Path report = Path.of("migration-verify.json");

    @Option(
            names = "--progress",
            paramLabel = "<style>",
            defaultValue = "auto",
            description = "bar, plain or auto: a bar if there is a terminal.")
    Display.Style style = Display.Style.AUTO;

    static final class Extent {

        @Option(
                names = "--sample",
                paramLabel = "<tokens>",
                description = "This many tokens, in the order of SCAN (the default, with 1000).")
        @Nullable
        Integer sample;

        @Option(names = "--all", description = "Every token of the old store.")
        boolean all;
    }

    private record Run(AdminApi api, Retry retry, Display display, Progress progress, long total) {}

    @Override
    public Integer call() {
        boolean isAll = extent != null && extent.all;
        int sample = extent == null || extent.sample == null ? DEFAULT_SAMPLE : extent.sample;
        if (!isAll && sample < 1) {
            throw new CommandFailedException(ExitCode.USAGE, "--sample must be at least 1");
        }
        AdminApi api = api();
        JsonNode starts = api.get(AdminApi.VERIFY).path("starts");
        VerifyReport found = new VerifyReport(isAll ? "all" : "sample", Instant.now());
        Display display = Display.of(style, out());
        Run run = new Run(api, Retry.upToOneMinute(), display, new Progress(), isAll ? keys(starts) : sample);
        long left = starts.size();
        for (JsonNode start : starts) {
            long share = isAll ? Long.MAX_VALUE : (sample - found.compared() + left - 1) / left;
            compare(run, start.path("position").asText(), share, isAll, found);
            left--;
        }
        display.end();
        write(found);
        return found.exitCode().number();
    }

    private static long keys(JsonNode starts) {
        return starts.findValues("keys").stream().mapToLong(JsonNode::asLong).sum();
    }

    /** @param share how many tokens of this master are enough */
    private static void compare(Run run, String start, long share, boolean isAll, VerifyReport found) {
        long enough = isAll ? Long.MAX_VALUE : found.compared() + share;
        String position = start;
        long shownAt = System.nanoTime() - run.display().interval().toNanos();
        while (!position.isEmpty() && found.compared() < enough) {
            ObjectNode request = AdminApi.JSON.createObjectNode();
            request.put("position", position);
            request.put("keys", (int) Math.min(PAGE_SIZE, enough - found.compared()));
            JsonNode part = run.retry().call(() -> run.api().post(AdminApi.VERIFY, request));
            found.add(part);
            position = part.path("next").asText("");
            long now = System.nanoTime();
            if (now - shownAt >= run.display().interval().toNanos()) {
                long done = isAll ? found.scanned() : found.compared();
                run.display().show("verify", run.progress().at(now, done, run.total(), found.allMismatches()));
                shownAt = now;
            }
        }
    }

    private void write(VerifyReport found) {
        found.table().forEach(out()::println);
        try {
            Files.writeString(report, found.json(Instant.now()).toPrettyString() + "\n");
        } catch (IOException unwritable) {
            throw new CommandFailedException(ExitCode.USAGE, "the report cannot be written to " + report);
        }
    }
}
