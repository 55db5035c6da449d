package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    @Option(
            names = "--progress",
            paramLabel = "<style>",
            defaultValue = "auto",
            description = "bar, plain (a line every ten seconds) or auto: a bar if there is a terminal.")
    Display.Style style = Display.Style.AUTO;

    @Override
    public Integer call() {
        AdminApi api = api();
        JsonNode backfill = api.get(AdminApi.BACKFILL);
        ObjectNode wish = wish(backfill.path("status").asText());
        if (!wish.isEmpty()) {
            backfill = api.post(AdminApi.BACKFILL, wish);
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
        Display display = Display.of(style, out());
        Retry retry = Retry.upToOneMinute();
        Progress progress = new Progress();
        while (true) {
            JsonNode status = retry.call(() -> api.get(AdminApi.MIGRATION));
            JsonNode backfill = status.path("backfill");
            String state = backfill.path("status").asText();
            display.show("backfill " + state, reading(progress, status, backfill));
            if (!state.equals("running")) {
                display.end();
                StatusTable.backfill(backfill).forEach(out()::println);
                return end(state, backfill.path("failed").asLong());
            }
            awaitNext(api, retry, display.interval());
        }
    }

    /** Waits for the next line, but notices the end of the run within a second. */
    private static void awaitNext(AdminApi api, Retry retry, Duration interval) {
        Duration left = interval;
        while (!left.isNegative() && !left.isZero()) {
            Duration nap = left.compareTo(Duration.ofSeconds(1)) < 0 ? left : Duration.ofSeconds(1);
            Retry.sleep(nap);
            left = left.minus(nap);
            if (!left.isZero()
                    && !retry.call(() -> api.get(AdminApi.BACKFILL))
                            .path("status")
                            .asText()
                            .equals("running")) {
                return;
            }
        }
    }

    private static Progress.Reading reading(Progress progress, JsonNode status, JsonNode backfill) {
        long scanned = backfill.path("scanned").asLong();
        boolean isComplete = backfill.path("status").asText().equals("complete");
        long total = isComplete ? scanned : backfill.path("estimated_keys").asLong();
        return progress.at(System.nanoTime(), scanned, total, StatusTable.sum(status.path("mismatches")));
    }

    private static ExitCode end(String state, long failed) {
        return state.equals("complete") && failed == 0 ? ExitCode.OK : ExitCode.NO;
    }
}
