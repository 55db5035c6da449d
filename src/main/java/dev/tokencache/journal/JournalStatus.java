package dev.tokencache.journal;

import java.time.Duration;

/**
 * What operators want to know of a journal.
 *
 * @param entries how many entries wait, as it was known at most a second ago
 * @param oldestAge how long the oldest of them has waited; zero if there is none
 */
public record JournalStatus(JournalConfig.Kind kind, State state, long entries, Duration oldestAge) {

    /** There is no journal. */
    public static final JournalStatus OFF = new JournalStatus(JournalConfig.Kind.OFF, State.OFF, 0, Duration.ZERO);

    /** The one thing to know of it. */
    public enum State {
        /** There is none. */
        OFF,
        /** All that was written is in Redis. */
        EMPTY,
        /** Entries wait for Redis. */
        PENDING,
        /** It takes no further entries. */
        FULL,
        /** It can not be read or written. */
        BROKEN
    }
}
