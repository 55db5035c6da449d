package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/**
 * The port to the progress of the backfill and to the lease of its only runner, both stored in the cluster.
 * Thread-safe, never blocks. Every call fails with {@link dev.tokencache.token.StoreUnavailableException} when its
 * outcome is unknown.
 */
public interface BackfillLedger {

    /** A lease. Each new lease has a higher fencing token. */
    record BackfillLease(long fencingToken) {}

    /**
     * Takes the lease if no other runner holds it, or extends the runner's own lease.
     *
     * @param runner identifies this process; different at each start
     * @param duration of the lease, measured by the clock of Redis
     * @return empty if another runner holds the lease
     */
    Uni<Optional<BackfillLease>> acquire(String runner, Duration duration);

    /** Ends the lease if it is still the current one. */
    Uni<Void> release(BackfillLease lease);

    /**
     * Saves the progress of the runner under its lease.
     *
     * @return false if the lease is no longer the current one, or an operator has started another run or paused this
     *     one. Nothing is written then, and the runner has to read the state again
     */
    Uni<Boolean> advance(BackfillLease lease, BackfillProgress progress);

    /**
     * Stores a request of an operator: a new run, a pause, a resumption or another limit. Needs no lease.
     *
     * @param expected the progress that the request was decided for; its run, status and limit must be unchanged
     * @return false if another caller changed the backfill in between
     */
    Uni<Boolean> request(BackfillProgress expected, BackfillProgress wanted);
}
