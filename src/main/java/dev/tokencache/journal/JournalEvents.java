package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;

/** Receives the events that metrics count. Called on any thread; implementations must not block. */
public interface JournalEvents extends ReplayEvents {

    /** Writes were committed. */
    void written(int writes);

    /** Entries were removed because their tokens are past their maximum expiry. */
    void outlived(int entries);

    /** An operation failed. */
    void failed(Failure operation);

    /** The operation that failed. */
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

    /** Ignores all events. */
    JournalEvents NONE = new JournalEvents() {
        @Override
        public void written(int writes) {}

        @Override
        public void replayed() {}

        @Override
        public void postponed() {}

        @Override
        public void outlived(int entries) {}

        @Override
        public void refused(Restoration reason) {}

        @Override
        public void failed(Failure operation) {}
    };
}
