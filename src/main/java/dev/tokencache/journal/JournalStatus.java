package dev.tokencache.journal;

import java.time.Duration;
import java.util.Locale;

/** The state for operators: the entries, up to a second old, and the age of the oldest, zero if there is none. */
public record JournalStatus(JournalConfig.Kind kind, State state, long entries, Duration oldestAge) {

    public static final JournalStatus OFF = new JournalStatus(JournalConfig.Kind.OFF, State.OFF, 0, Duration.ZERO);

    /** The journal's state. The first that applies, from the bottom up. */
    public enum State {
        OFF,
        EMPTY,
        PENDING,
        FULL,
        BROKEN
    }

    /** Whether no journal is configured. All other values are then meaningless. */
    public boolean isOff() {
        return kind == JournalConfig.Kind.OFF;
    }

    /** {@code off}, {@code local} or {@code shared}. */
    public String kindLabel() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    public String stateLabel() {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
