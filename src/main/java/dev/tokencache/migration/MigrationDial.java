package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;

/**
 * Reports the state of a migration and changes it. The admin API, the command line and readiness use it.
 *
 * <p>Thread-safe, never blocks. Calls fail with {@link dev.tokencache.token.StoreUnavailableException} while the
 * cluster, which stores the state, is unreachable.
 */
public interface MigrationDial {

    /** Reads the state from the cluster. */
    Uni<Status> status();

    /**
     * The state and whether it may advance.
     *
     * @param shared the state of all instances, without the last second of this instance's evidence
     * @param mayAdvance whether the next guarded step is allowed
     */
    record Status(MigrationStates.Shared shared, AdvanceCheck mayAdvance) {}

    /**
     * Changes the state.
     *
     * @param by the id of the caller, for the log
     * @return fails with {@link dev.tokencache.token.InvalidRequestException} if a value is invalid
     */
    Uni<Outcome> change(MigrationChange change, String by);

    /** The result of {@link #change}. */
    sealed interface Outcome {
        /** The state is changed; every instance follows within two seconds. */
        record Changed(Status status) implements Outcome {}

        /** The change is refused; the reasons are for the operator. */
        record Refused(AdvanceCheck why) implements Outcome {}
    }
}
