package dev.tokencache.operator.backup;

import dev.tokencache.cli.Display;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.cli.Retry;
import dev.tokencache.migration.store.RateLimiter;
import dev.tokencache.seal.Seal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads from Redis itself, and changes nothing there. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the live tokens of a cluster, its not-before times and known expiries to a file.",
            "An interrupted export continues if it began less than an hour ago."
        })
public final class ExportCommand extends BackupCommand {

    /** What happens to a token after its page was read is not in the file, so an old beginning is worth little. */
    private static final Duration MAX_AGE = Duration.ofHours(1);

    private static final int SHOWN_TAGS = 10;

    @Option(
            names = "--keys-per-second",
            paramLabel = "<keys>",
            defaultValue = "5000",
            description = "The maximum number of keys scanned per second; 0 for no limit (${DEFAULT-VALUE}).")
    long keysPerSecond;

    @Parameters(paramLabel = "<file>", description = "The file. It must not exist; only its owner can read it.")
    Path file = Path.of("");

    @Override
    public Integer call() {
        if (keysPerSecond < 0) {
            throw ExitCode.USAGE.failure("--keys-per-second must be 0 or more");
        }
        if (Files.exists(file)) {
            throw ExitCode.USAGE.failure(file + " exists");
        }
        Seal seal = settings.seal();
        try (ClusterConnection cluster = connect(seal);
                BackupWriter writer = writer(cluster, seal)) {
            return export(cluster, writer, seal).number();
        } catch (IOException e) {
            throw ExitCode.NO.failure("the file cannot be written: " + e.getMessage());
        }
    }

    private BackupWriter writer(ClusterConnection cluster, Seal seal) throws IOException {
        Instant now = cluster.time().clock().instant().truncatedTo(ChronoUnit.MILLIS);
        Optional<BackupReader.Interrupted> found = BackupReader.interrupted(BackupWriter.part(file), seal)
                .filter(part -> part.header().startedAt().isAfter(now.minus(MAX_AGE)))
                .filter(part -> part.header().slots().equals(cluster.slots()))
                .filter(part -> part.header().keyPrefix().equals(redis.keyPrefix()));
        if (found.isPresent()) {
            out(
                    "continues the export of %s, after %,d tokens",
                    found.get().header().startedAt(), found.get().totals().tokens());
            return BackupWriter.resume(file, found.get(), seal);
        }
        return BackupWriter.create(file, Header.of(now, redis.keyPrefix(), cluster.slots(), seal.isOn()), seal);
    }

    private ExitCode export(ClusterConnection cluster, BackupWriter writer, Seal seal) throws IOException {
        Display display = display();
        RateLimiter limiter = new RateLimiter(cluster.time());
        limiter.limit(keysPerSecond);
        Export export = new Export(cluster.source(), cluster::slots, limiter, Retry::sleep);
        List<String> refused = export.run(
                writer,
                (scanned, all) -> display.show(
                        "export",
                        scanned,
                        all,
                        Display.count("tokens", writer.totals().tokens())));
        display.end();
        long bytes = writer.finish();
        Totals totals = writer.totals();
        out(
                "exported %,d tokens and %,d expiries and not-before times: %s, %,d bytes, %s",
                totals.tokens(), totals.expiries(), file, bytes, seal.isOn() ? "sealed" : "not sealed");
        out(
                "It lacks what happened after %s: a logout since then is not in it.",
                writer.header().startedAt());
        if (!seal.isOn()) {
            out("It names users and has their claims in plain text: keep it as you keep passwords, or set"
                    + " tokencache.seal.active-key in --config.");
        }
        if (totals.refused() == 0) {
            return ExitCode.OK;
        }
        out(
                "%,d subjects could not be read, and are not in it; their tags: %s%s",
                totals.refused(),
                String.join(" ", refused.subList(0, Math.min(SHOWN_TAGS, refused.size()))),
                refused.size() > SHOWN_TAGS ? " ..." : "");
        return ExitCode.NO;
    }
}
