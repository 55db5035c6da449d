package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournaledRecord;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.WallClockTime;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A process is killed while it writes to its journal. */
class KilledJournalTest {

    private static final int ENOUGH = 500;

    @TempDir
    Path directory;

    /** The process: writes records concurrently, and prints the hash of each acknowledged one. */
    public static void main(String[] arguments) {
        PrintStream output = System.out;
        SqlJournal journal = journal(Path.of(arguments[0]));
        journal.start();
        JournalContract.awaitOpen(journal);
        while (true) {
            List<JournaledRecord> records = IntStream.range(0, 20)
                    .mapToObj(i -> new JournaledRecord(
                            TokenDraft.of("alice", System.currentTimeMillis()).token(), null, i))
                    .toList();
            JournalContract.all(records.stream()
                    .map(record -> journal.save(record, null).invoke(kept -> output.println(hash(record))))
                    .toList());
        }
    }

    private static SqlJournal journal(Path directory) {
        return new SqlJournal(
                Kind.LOCAL,
                new SqliteDatabase(directory),
                1_000_000,
                Duration.ofDays(30),
                Duration.ofMillis(20),
                new WallClockTime(Clock.systemUTC()),
                new JournalMetrics(),
                new DaemonThreads(),
                Seal.off());
    }

    private static String hash(JournaledRecord record) {
        return record.token().id().hash().text();
    }

    /** The complete lines: the last one may be truncated. */
    private static List<String> acknowledged(Path output) throws IOException {
        return Files.readAllLines(output).stream()
                .filter(line -> line.length() == 24)
                .toList();
    }

    @Test
    void shouldHaveEveryWriteAcknowledgedBeforeTheKill() throws IOException, InterruptedException {
        Path output = directory.resolve("acknowledged");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledJournalTest.class.getName(),
                        directory.toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .failFast("the process ended before it was killed", () -> !process.isAlive())
                    .until(() -> acknowledged(output).size() > ENOUGH);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        List<String> acknowledged = acknowledged(output);

        try (SqlJournal journal = journal(directory)) {
            journal.start();
            JournalContract.awaitOpen(journal);
            assertThat(journal.isEmpty()).isFalse();
            assertThat(journal.status().state()).isEqualTo(State.PENDING);
            Set<String> kept = new HashSet<>();
            journal.claim(1_000_000)
                    .await()
                    .atMost(JournalContract.PATIENCE)
                    .forEach(entry -> kept.add(EntryKey.of(entry).text()));
            assertThat(kept).containsAll(acknowledged);
        }
    }
}
