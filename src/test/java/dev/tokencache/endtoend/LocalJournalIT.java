package dev.tokencache.endtoend;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** An outage with a local journal, stored in a file. */
class LocalJournalIT extends OutageWithJournal {

    @TempDir
    static Path folder;

    @Override
    Map<String, String> journalSettings() {
        return Map.of("tokencache.journal.kind", "local", "tokencache.journal.local.path", folder.toString());
    }

    @Override
    boolean isShared() {
        return false;
    }
}
