package dev.tokencache.migration.health;

/** The state of a migration for readiness. Contains no address. */
@FunctionalInterface
public interface MigrationHealth {

    /** No migration is configured. */
    MigrationHealth OFF = () -> new Snapshot("off", 0, 0, 0, 0);

    /** The state was not read yet. */
    Snapshot UNKNOWN = new Snapshot("unknown", 0, 0, 0, 0);

    Snapshot snapshot();

    /**
     * The state as this instance knows it.
     *
     * @param phase its name, {@code off} without a migration, or {@code unknown} before the first read
     * @param readPercent of 100 tokens, how many are read from the cluster first
     * @param mirrorPercent of 100 validations, how many are compared
     * @param version incremented by each change
     * @param ageSeconds seconds since the last read
     */
    record Snapshot(String phase, int readPercent, int mirrorPercent, long version, long ageSeconds) {

        /** Whether no migration is configured. */
        public boolean isOff() {
            return phase.equals("off");
        }

        /** Whether the state was read at least once. */
        public boolean isKnown() {
            return !phase.equals("unknown");
        }
    }
}
