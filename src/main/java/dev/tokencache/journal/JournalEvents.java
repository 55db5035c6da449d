package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;

/** What becomes of a journal's entries, to be counted. Called on any thread: implementations must not block. */
public interface JournalEvents extends ReplayEvents {

    /** Writes were answered as durable. */
    void written(int writes);

    /** Entries were dropped because nobody could ask for them any more: their tokens have ended. */
    void outlived(int entries);

    /** Something did not work. */
    void failed(Failure what);

    /** What did not work. */
    enum Failure {
        /** A question: its verdict is unknown. */
        READ,
        /** A write, since the journal is broken: it was answered with 503. */
        WRITE,
        /** A write, since the journal is full: it was answered with 503. */
        FULL,
        /** Taking, settling or giving back entries. */
        BACKLOG,
        /** A record that can not be read; it stays where it is. */
        DECODE,
        /** Bringing an entry to Redis; it is tried again. */
        REPLAY
    }

    /** Counts nothing. */
    JournalEvents NONE = new JournalEvents() {
        @Override
        public void written(int writes) {}

        @Override
        public void replayed() {}

        @Override
        public void outlived(int entries) {}

        @Override
        public void refused(Restoration reason) {}

        @Override
        public void failed(Failure what) {}
    };
}
