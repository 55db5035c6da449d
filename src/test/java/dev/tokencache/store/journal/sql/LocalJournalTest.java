package dev.tokencache.store.journal.sql;

import dev.tokencache.store.journal.JournalConfig.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** The journal in a file. */
class LocalJournalTest extends JournalContract {

    @TempDir
    Path directory;

    @Override
    SqlJournal newJournal(int maxEntries) {
        return new SqlJournal(
                Kind.LOCAL,
                new SqliteDatabase(directory.resolve("journal")),
                maxEntries,
                MAX_TTL,
                Duration.ofMillis(20),
                clock,
                events);
    }
}
