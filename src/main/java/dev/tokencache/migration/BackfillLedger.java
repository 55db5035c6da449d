package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/**
 * The port to the backfill's progress and to the lease of its one runner, in the cluster. Thread-safe, never blocks; every
 * call fails with {@link dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
 */
public interface BackfillLedger {

    /** A right to run until it ends, which all later ones have a higher token than. */
    record BackfillLease(long fencingToken) {}

    /**
     * Takes the lease, if nobody else has it now, or prolongs the runner's own.
     *
     * @param runner names this process, differently at each start
     * @param duration from now, by the clock of Redis
     * @return empty if somebody else has it
     */
    Uni<Optional<BackfillLease>> acquire(String runner, Duration duration);

    /** Ends the lease, if it is still this one. */
    Uni<Void> release(BackfillLease lease);

    /**
     * Notes how far the runner has come, under its lease.
     *
     * @return false if the lease is no longer the present one, or what was asked for has changed (another run, a pause):
     *     nothing was written then, and the runner has to read again
     */
    Uni<Boolean> advance(BackfillLease lease, BackfillProgress progress);

    /**
     * Asks for something: to start anew, to pause, to go on, another limit. No lease is needed.
     *
     * @param expected what the wish was made for: its run, status and limit must still be those
     * @return false if somebody else was faster
     */
    Uni<Boolean> request(BackfillProgress expected, BackfillProgress wanted);
}
