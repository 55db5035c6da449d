package dev.tokencache.journal.health;

/** What readiness and operators want to know of the journal; says nothing of where it is. */
@FunctionalInterface
public interface JournalHealth {

    Snapshot snapshot();

    /**
     * What is known of the journal now.
     *
     * @param kind {@code off}, {@code local} or {@code shared}
     * @param state {@code off}, {@code empty}, {@code pending}: entries wait for Redis, {@code full}: it takes no further
     *     ones, or {@code broken}: it can not be read or written
     * @param entries how many wait
     * @param oldestAgeSeconds for how long the oldest has waited
     * @param replayed how many this process has brought to Redis since it started
     * @param dropped how many this process has dropped, because nobody could ask for them any more or Redis refused them
     * @param failed how often something did not work
     */
    record Snapshot(
            String kind, String state, long entries, long oldestAgeSeconds, long replayed, long dropped, long failed) {

        /** Whether there is no journal, and so nothing else to tell. */
        public boolean isOff() {
            return kind.equals("off");
        }
    }
}
