package dev.tokencache.journal;

import java.util.Optional;

/** The configured journal, if any. Thread-safe. */
public interface JournalStorage {

    /** The journal for reads and writes; empty if none is configured. */
    Optional<Journal> journal();

    /** The entries to replay; empty if no journal is configured. */
    Optional<Journal.Backlog> backlog();

    JournalStatus status();

    /** Whether the journal has entries, or may have some because it cannot be read. */
    default boolean mayHaveEntries() {
        return switch (status().state()) {
            case OFF -> false;
            case EMPTY -> journal().map(journal -> !journal.isEmpty()).orElse(false);
            case PENDING, FULL, BROKEN -> true;
        };
    }

    JournalStorage OFF = new JournalStorage() {
        @Override
        public Optional<Journal> journal() {
            return Optional.empty();
        }

        @Override
        public Optional<Journal.Backlog> backlog() {
            return Optional.empty();
        }

        @Override
        public JournalStatus status() {
            return JournalStatus.OFF;
        }
    };
}
