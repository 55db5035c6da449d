package dev.tokencache.migration.health;

/** What readiness wants to know of a migration; says nothing of where the old store is. */
@FunctionalInterface
public interface MigrationHealth {

    /** What there is to see if no migration is configured. */
    MigrationHealth OFF = () -> new Snapshot("off", 0, 0, 0, 0);

    /** What there is to see until the state was read. */
    Snapshot UNKNOWN = new Snapshot("unknown", 0, 0, 0, 0);

    Snapshot snapshot();

    /**
     * The state as this process knows it.
     *
     * @param phase its name, {@code off} if no migration is configured, or {@code unknown} until the state was read
     * @param readPercent of 100 tokens, how many are read from the cluster first
     * @param mirrorPercent of 100 validations, how many are compared
     * @param version one more with each change
     * @param ageSeconds how long ago it was read
     */
    record Snapshot(String phase, int readPercent, int mirrorPercent, long version, long ageSeconds) {

        /** Whether there is nothing else to tell. */
        public boolean isOff() {
            return phase.equals("off");
        }

        /** Whether the state was read at least once. */
        public boolean isKnown() {
            return !phase.equals("unknown");
        }
    }
}
