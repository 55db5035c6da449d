package dev.tokencache.migration;

import java.util.Optional;

/**
 * The operator's controls of the configured migration, if there is one.
 *
 * @param parts empty if no migration is configured
 */
public record MigrationControl(Optional<Parts> parts) {

    /** No migration is configured. */
    public static final MigrationControl OFF = new MigrationControl(Optional.empty());

    /** The controls of a configured migration. */
    public record Parts(MigrationDial dial, Backfill backfill, Verification verification) {}
}
