package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillLedger;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationStates;
import java.time.Duration;
import java.util.Optional;

/**
 * The parts of a migration that is configured.
 *
 * @param states what all replicas share
 * @param known the state as this process knows it
 * @param evidence what this process has seen
 */
public record Migration(
        LegacyStore legacy,
        MigrationStates states,
        BackfillLedger ledger,
        KnownState known,
        EvidenceCollector evidence,
        MigrationDial dial) {

    /** After how long a difference is looked at again before it counts: what was just being written on one side is on both then. */
    public static final Duration RECHECK_DELAY = Duration.ofSeconds(1);

    /** A migration, or that there is none. */
    public record Configured(Optional<Migration> migration) {}
}
