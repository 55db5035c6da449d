package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.journal.JournalMetrics;
import dev.tokencache.seal.Seal;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.WallClockTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random histories, applied to a journal in a file and to the model in memory. */
class JournalTwinsTest {

    @Property(tries = 60)
    void shouldBehaveLikeTheModel(@ForAll("histories") List<JournalTwins.Step> history) {
        check(history);
    }

    @Example
    void shouldClaimImmediatelyAnEntryAddedAfterTheFormerWasAcknowledgedAndReleased() {
        check(Stream.of(
                        JournalTwins.Action.EXPIRE,
                        JournalTwins.Action.CLAIM,
                        JournalTwins.Action.ACKNOWLEDGE,
                        JournalTwins.Action.RELEASE,
                        JournalTwins.Action.EXPIRE,
                        JournalTwins.Action.CLAIM)
                .map(action -> new JournalTwins.Step(action, 1, 500))
                .toList());
    }

    private static void check(List<JournalTwins.Step> history) {
        MutableClock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
        Path directory = newDirectory();
        try (SqlJournal journal = new SqlJournal(
                Kind.LOCAL,
                new SqliteDatabase(directory),
                1000,
                Duration.ofDays(30),
                Duration.ofMillis(20),
                new WallClockTime(clock),
                new JournalMetrics(),
                new DaemonThreads(),
                Seal.off())) {
            journal.start();
            JournalContract.awaitOpen(journal);
            new JournalTwins(journal, clock).apply(history);
        } finally {
            delete(directory);
        }
    }

    @Provide
    Arbitrary<List<JournalTwins.Step>> histories() {
        return Combinators.combine(
                        Arbitraries.of(JournalTwins.Action.class),
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.integers().between(0, 1000))
                .as(JournalTwins.Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("token-cache-journal-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
