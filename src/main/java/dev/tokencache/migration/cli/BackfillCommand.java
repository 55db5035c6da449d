package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.AdminCommand;
import dev.tokencache.cli.Display;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.cli.Retry;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        description = {
            "Copies the live tokens of the old store to the cluster, and shows the progress.",
            "The service does the work: ending this command only ends the display."
        })
final class BackfillCommand extends AdminCommand {

    private static final Duration POLL = Duration.ofMillis(500);

    enum Action {
        /** Starts a run, resumes a paused one, or monitors the running one. */
        RUN,
        START,
        PAUSE,
        RESUME,
        WATCH
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "<action>",
            defaultValue = "run",
            description = {
                "run: start a run, or resume a paused one (the default)",
                "start: from the beginning",
                "pause, resume, watch"
            })
    Action action = Action.RUN;

    @Option(
            names = "--keys-per-second",
            paramLabel = "<keys>",
            description = "The maximum number of keys scanned per second; 0 for no limit.")
    @Nullable
    Long keysPerSecond;

    @Option(names = "--no-watch", description = "Do not wait for the end.")
    boolean noWatch;

    @Override
    public Integer call() {
        AdminApi api = api();
        JsonNode backfill = api.get(MigrateCommand.BACKFILL);
        ObjectNode wish = wish(backfill.path("status").asText());
        if (!wish.isEmpty()) {
            backfill = api.post(MigrateCommand.BACKFILL, wish);
        }
        if (noWatch || action == Action.PAUSE) {
            StatusTable.backfill(backfill).forEach(out()::println);
            return ExitCode.OK.number();
        }
        return watch(api).number();
    }

    private ObjectNode wish(String status) {
        ObjectNode wish = AdminApi.JSON.createObjectNode();
        switch (action) {
            case RUN -> {
                if (!status.equals("running")) {
                    wish.put("action", status.equals("paused") ? "resume" : "start");
                }
            }
            case START, PAUSE, RESUME -> wish.put("action", action.name().toLowerCase(Locale.ROOT));
            case WATCH -> {}
        }
        if (keysPerSecond != null) {
            wish.put("keys_per_second", keysPerSecond);
        }
        return wish;
    }

    private ExitCode watch(AdminApi api) {
        Display display = Display.on(out());
        Retry retry = Retry.upToOneMinute();
        while (true) {
            JsonNode status = retry.call(() -> api.get(MigrateCommand.MIGRATION));
            JsonNode backfill = status.path("backfill");
            String state = backfill.path("status").asText();
            long scanned = backfill.path("scanned").asLong();
            String mismatches = Display.count("mismatches", StatusTable.sum(status.path("mismatches")));
            if (!state.equals("running")) {
                boolean isComplete = state.equals("complete");
                long total =
                        isComplete ? scanned : backfill.path("estimated_keys").asLong();
                display.showNow("backfill " + state, scanned, total, mismatches);
                display.end();
                StatusTable.backfill(backfill).forEach(out()::println);
                return isComplete && backfill.path("failed").asLong() == 0 ? ExitCode.OK : ExitCode.NO;
            }
            display.show(
                    "backfill running", scanned, backfill.path("estimated_keys").asLong(), mismatches);
            Retry.sleep(POLL);
        }
    }
}
