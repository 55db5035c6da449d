package dev.tokencache.migration;

import java.util.Optional;

/**
 * What operators can reach of the migration that is configured, if one is.
 *
 * @param parts empty if there is none
 */
public record MigrationControl(Optional<Parts> parts) {

    /** No migration is configured. */
    public static final MigrationControl OFF = new MigrationControl(Optional.empty());

    /** All that can be asked and told. */
    public record Parts(MigrationDial dial, Backfill backfill, Verification verification) {}
}
