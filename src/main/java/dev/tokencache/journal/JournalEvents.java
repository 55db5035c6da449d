package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;

/** Receives the events that metrics count. Called on any thread; implementations must not block. By default ignores all. */
public interface JournalEvents {

    JournalEvents NONE = new JournalEvents() {};

    default void written(int writes) {}

    /** The store has confirmed an entry, which leaves the journal. */
    default void replayed() {}

    /** The store rejected an entry permanently. */
    default void refused(Restoration reason) {}

    /** Entries were removed because their tokens are past their maximum expiry. */
    default void outlived(int entries) {}

    default void failed(Failure operation) {}

    enum Failure {
        /** A read; its verdict is unknown. */
        READ,
        /** A write, because the journal is broken; it returned 503. */
        WRITE,
        /** A write, because the journal is full; it returned 503. */
        FULL,
        /** Claiming, acknowledging or releasing entries. */
        BACKLOG,
        /** Decoding an entry, which stays in the journal. */
        DECODE,
        /** Replaying an entry to Redis, or to enough replicas; it is retried. */
        REPLAY
    }
}
