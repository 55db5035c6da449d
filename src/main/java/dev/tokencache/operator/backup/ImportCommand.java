package dev.tokencache.operator.backup;

import dev.tokencache.cli.Display;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.cli.Retry;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.seal.Seal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes to Redis itself. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the tokens of an export to a cluster that has none, while no instance of the service runs on it.",
            "Verifies the whole file before. An interrupted import continues."
        })
public final class ImportCommand extends BackupCommand {

    /** How long an interrupted import can be continued. */
    private static final Duration CONTINUABLE = Duration.ofDays(1);

    private static final int BATCH = 1000;
    private static final int PAGE = 500;

    @Option(
            names = "--audit-log",
            paramLabel = "<file>",
            description = "Audit logs since the export. What was expired in them stays expired. Can be repeated.")
    List<Path> auditLogs = new ArrayList<>();

    @Option(names = "--verify", description = "Only verify the file. Connects to nothing.")
    boolean verify;

    @Parameters(paramLabel = "<file>", description = "What export has written.")
    Path file = Path.of("");

    @Override
    public Integer call() {
        Seal seal = settings.seal();
        try {
            Totals totals = verified(seal);
            if (verify) {
                out("the file is complete and unchanged");
                return ExitCode.OK.number();
            }
            requireReadable(auditLogs);
            try (ClusterConnection cluster = connect(seal);
                    BackupReader reader = new BackupReader(file, seal)) {
                return run(cluster, reader, totals).number();
            }
        } catch (IOException e) {
            throw ExitCode.NO.failure("a file cannot be read: " + e.getMessage());
        }
    }

    private static void requireReadable(List<Path> files) {
        for (Path log : files) {
            if (!Files.isReadable(log)) {
                throw ExitCode.USAGE.failure("--audit-log cannot be read: " + log);
            }
        }
    }

    private Totals verified(Seal seal) throws IOException {
        try (BackupReader reader = new BackupReader(file, seal)) {
            while (reader.next().isPresent()) {
                // Reading verifies.
            }
            Totals totals = reader.totals();
            out(
                    "export of %s with the key prefix %s, %s: %,d tokens, %,d expiries and not-before times",
                    reader.header().startedAt(),
                    reader.header().keyPrefix(),
                    reader.header().isSealed() ? "sealed" : "not sealed",
                    totals.tokens(),
                    totals.expiries());
            return totals;
        }
    }

    private ExitCode run(ClusterConnection cluster, BackupReader reader, Totals totals) throws IOException {
        Instant started = reader.header().startedAt();
        if (started.isAfter(cluster.time().clock().instant())) {
            throw ExitCode.NO.failure("the clock of this machine is before the time of the export, " + started);
        }
        long done = done(cluster, reader.header());
        List<String> instances = cluster.instances();
        if (!instances.isEmpty()) {
            throw ExitCode.NO.failure("instances of the service ran on this cluster less than 35 seconds ago ("
                    + String.join(", ", instances) + "): stop them, and wait. A logout during an import could be lost");
        }
        cluster.saveImport(progress(reader.header(), done), CONTINUABLE);
        Import imported = new Import(cluster.target(), cluster.time().clock(), Retry::sleep);
        long expired = expire(imported, cluster);
        Display display = display();
        Counts counts = imported.run(reader, done, (tokens, chunks) -> {
            cluster.saveImport(progress(reader.header(), chunks), CONTINUABLE);
            display.show("import", tokens, totals.tokens(), "");
        });
        display.end();
        cluster.deleteImport();
        report(counts, expired, started);
        return counts.failed() == 0 ? ExitCode.OK : ExitCode.NO;
    }

    private static String progress(Header header, long chunks) {
        return header.id() + " " + chunks;
    }

    /** How many chunks an interrupted import of this file has copied. Refuses a cluster that has other data. */
    private static long done(ClusterConnection cluster, Header header) {
        Optional<String> before = cluster.readImport();
        String same = header.id() + " ";
        if (before.isPresent() && before.get().startsWith(same)) {
            return Long.parseLong(before.get().substring(same.length()));
        }
        if (before.isPresent() || hasData(cluster.source())) {
            throw ExitCode.NO.failure(
                    "the cluster has data of a token-cache with this key prefix. An import into it could"
                            + " make tokens active that were expired since the export: empty it first, or use another --key-prefix."
                            + " To move tokens between running clusters, use a migration");
        }
        return 0;
    }

    private static boolean hasData(LegacyStore cluster) {
        for (LegacyStore.Master master : cluster.masters().await().indefinitely()) {
            String cursor = LegacyStore.Page.START;
            do {
                LegacyStore.Page page =
                        cluster.scan(master.name(), cursor, PAGE).await().indefinitely();
                if (page.scanned() > 0 || !page.expiries().isEmpty()) {
                    return true;
                }
                cursor = page.cursor();
            } while (!cursor.equals(LegacyStore.Page.START));
        }
        return false;
    }

    /** Expires what the audit logs name, before any token is copied. */
    private long expire(Import imported, ClusterConnection cluster) throws IOException {
        AuditLines lines = new AuditLines(cluster.time().clock().millis(), settings.maxTtl());
        long expired = 0;
        for (Path log : auditLogs) {
            List<LegacyExpiry> batch = new ArrayList<>();
            try (BufferedReader in = Files.newBufferedReader(log, StandardCharsets.UTF_8)) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.expiry(line).ifPresent(batch::add);
                    if (batch.size() == BATCH) {
                        expired += batch.size();
                        imported.copy(List.of(), batch);
                        batch.clear();
                    }
                }
            }
            expired += batch.size();
            imported.copy(List.of(), batch);
        }
        return expired;
    }

    private void report(Counts counts, long expired, Instant started) {
        out(
                "imported %,d tokens; %,d were there, %,d have ended or were expired, %,d failed",
                counts.copied(), counts.present(), counts.skipped(), counts.failed());
        if (auditLogs.isEmpty()) {
            out("Tokens that were expired after %s are active again, unless --audit-log names them.", started);
        } else {
            out("%,d expiries of the audit logs were applied.", expired);
        }
    }
}
