package dev.tokencache.migration.store;

import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import java.util.Optional;

/** Receives the events of a migration, for metrics. Called on event loops; implementations must not block. */
public interface MigrationEvents {

    MigrationEvents NONE = new MigrationEvents() {};

    /** A token that is active on at least one side was compared. */
    default void compared(Optional<Mismatch> mismatch) {}

    /** A comparison was skipped because too many are in flight. */
    default void shed() {}

    default void failed(Side side) {}

    /** A validation found a token only in the old store. */
    default void copied(TokenCopier.Outcome outcome) {}
}
