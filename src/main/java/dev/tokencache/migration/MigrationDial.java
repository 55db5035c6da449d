package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;

/**
 * Shows where a migration stands, and moves it: what the admin API, the command line and readiness speak to.
 *
 * <p>Thread-safe, never blocks. Calls fail with {@link dev.tokencache.token.StoreUnavailableException} while the cluster,
 * which keeps the state, can not be asked.
 */
public interface MigrationDial {

    /** Where it stands, as the cluster says now. */
    Uni<Status> status();

    /**
     * What is known.
     *
     * @param shared what all replicas share, this replica's evidence of the last second not included
     * @param mayAdvance whether the next guarded step may be made
     */
    record Status(MigrationStates.Shared shared, AdvanceCheck mayAdvance) {}

    /**
     * Changes the state.
     *
     * @param by the id of the caller, for the record
     * @return fails with {@link IllegalArgumentException}, naming the field, if a value makes no sense
     */
    Uni<Outcome> change(MigrationChange change, String by);

    /** What became of a {@link #change}. */
    sealed interface Outcome {
        /** It is done; every replica follows within two seconds. */
        record Changed(Status status) implements Outcome {}

        /** It is not allowed now; the reasons are for the operator. */
        record Refused(AdvanceCheck why) implements Outcome {}
    }
}
