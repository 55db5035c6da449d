package dev.tokencache.migration.store;

import dev.tokencache.migration.Backfill;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationDial;
import dev.tokencache.migration.MigrationStates;
import java.time.Duration;
import java.util.Optional;

/** The parts of a configured migration; {@code known} and {@code evidence} are those of this instance. */
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

    public record Configured(Optional<Migration> migration) {}
}
