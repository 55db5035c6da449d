package dev.tokencache.journal.health;

/** The journal's state for readiness and operators. Never names the database. */
@FunctionalInterface
public interface JournalHealth {

    Snapshot snapshot();

    /**
     * The journal's state at one moment.
     *
     * @param kind {@code off}, {@code local} or {@code shared}
     * @param state {@code off}, {@code empty}, {@code pending} (has entries to replay), {@code full} (accepts no further
     *     entries) or {@code broken} (cannot be read or written)
     * @param entries the number of entries that wait for Redis
     * @param oldestAgeSeconds the age of the oldest entry
     * @param replayed entries that this process has replayed since it started
     * @param dropped entries that this process has removed without a replay: their tokens ended, or Redis rejected them
     * @param failed operations of this process that failed
     */
    record Snapshot(
            String kind, String state, long entries, long oldestAgeSeconds, long replayed, long dropped, long failed) {

        /** Whether no journal is configured. All other values are then meaningless. */
        public boolean isOff() {
            return kind.equals("off");
        }
    }
}
