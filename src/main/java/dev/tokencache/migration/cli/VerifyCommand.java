package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.AdminCommand;
import dev.tokencache.cli.Display;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.cli.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--sample",
            paramLabel = "<tokens>",
            description = "This many tokens, in the order of SCAN (the default, with 1000).")
    @Nullable
    Integer sample;

    @Option(names = "--all", description = "Every token of the old store.")
    boolean all;

    @Option(
            names = "--report",
            paramLabel = "<file>",
            defaultValue = "migration-verify.json",
            description = "The file for the report (${DEFAULT-VALUE}).")
    Path report = Path.of("migration-verify.json");

    @Override
    public Integer call() {
        if (sample != null && (all || sample < 1)) {
            throw ExitCode.USAGE.failure("--sample must be at least 1, and without --all");
        }
        AdminApi api = api();
        JsonNode starts = api.get(MigrateCommand.VERIFY).path("starts");
        VerifyReport found = new VerifyReport(all ? "all" : "sample", Instant.now());
        Display display = Display.on(out());
        Retry retry = Retry.upToOneMinute();
        long tokens = sample == null ? DEFAULT_SAMPLE : sample;
        long keys =
                starts.findValues("keys").stream().mapToLong(JsonNode::asLong).sum();
        long left = starts.size();
        for (JsonNode start : starts) {
            // The share of this master.
            long enough = all ? Long.MAX_VALUE : found.compared() + (tokens - found.compared() + left - 1) / left;
            left--;
            String position = start.path("position").asText();
            while (!position.isEmpty() && found.compared() < enough) {
                ObjectNode request = AdminApi.JSON
                        .createObjectNode()
                        .put("position", position)
                        .put("keys", Math.min(PAGE_SIZE, enough - found.compared()));
                JsonNode part = retry.call(() -> api.post(MigrateCommand.VERIFY, request));
                found.add(part);
                position = part.path("next").asText("");
                display.show(
                        "verify",
                        all ? found.scanned() : found.compared(),
                        all ? keys : tokens,
                        Display.count("mismatches", found.mismatches()));
            }
        }
        display.end();
        write(found);
        return found.exitCode().number();
    }

    private void write(VerifyReport found) {
        found.table().forEach(out()::println);
        try {
            Files.writeString(report, found.json(Instant.now()).toPrettyString() + "\n");
        } catch (IOException unwritable) {
            throw ExitCode.USAGE.failure("the report cannot be written to " + report);
        }
    }
}
