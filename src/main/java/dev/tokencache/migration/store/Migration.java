package dev.tokencache.migration.store;

import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.Verification;
import java.time.Duration;
import java.util.Optional;

/**
 * The parts of a configured migration.
 *
 * @param states the state that all instances share
 * @param known the last state that this instance has read
 * @param evidence the evidence of this instance
 */
public record Migration(
        LegacyStore legacy,
        MigrationStates states,
        KnownState known,
        EvidenceCollector evidence,
        MigrationDial dial,
        Backfill backfill,
        Verification verification) {

    /** The delay before a mismatch is checked again: a write in flight has reached both sides by then. */
    public static final Duration RECHECK_DELAY = Duration.ofSeconds(1);

    /** The migration, or empty if none is configured. */
    public record Configured(Optional<Migration> migration) {}
}
