package dev.tokencache.journal;

import java.util.Optional;

/** The configured journal, if any. Thread-safe. */
public interface JournalStorage {

    /** The journal for reads and writes; empty if none is configured. */
    default Optional<Journal> journal() {
        return Optional.empty();
    }

    /** The entries to replay; empty if no journal is configured. */
    default Optional<Journal.Backlog> backlog() {
        return Optional.empty();
    }

    default JournalStatus status() {
        return JournalStatus.OFF;
    }

    /** Whether the journal has entries, or may have some because it cannot be read. */
    default boolean mayHaveEntries() {
        return switch (status().state()) {
            case OFF -> false;
            case EMPTY -> journal().map(journal -> !journal.isEmpty()).orElse(false);
            case PENDING, FULL, BROKEN -> true;
        };
    }

    JournalStorage OFF = new JournalStorage() {};
}
