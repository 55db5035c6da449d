package dev.tokencache.journal;

import java.util.Optional;

/** The journal that is configured, if one is. Thread-safe. */
public interface JournalStorage {

    /** What writes and questions go to; empty if there is no journal. */
    Optional<Journal> journal();

    /** What is to be replayed; empty if there is no journal. */
    Optional<Journal.Backlog> backlog();

    /** How it is. */
    JournalStatus status();

    /** There is no journal. */
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
