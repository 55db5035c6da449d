package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;

/**
 * The port to the state that all instances share, in the cluster: phase, evidence, backfill, and the lease of its only
 * runner. Thread-safe, never blocks. Every call fails with {@link dev.tokencache.token.StoreUnavailableException} when its
 * outcome is unknown.
 */
public interface MigrationStates {

    /** A consistent snapshot; {@link Shared#INITIAL} if nothing was written yet. */
    Uni<Shared> read();

    /** The state that all instances share, with the evidence of the current window. */
    record Shared(MigrationState state, Evidence evidence, BackfillProgress backfill) {
        public static final Shared INITIAL = new Shared(MigrationState.INITIAL, Evidence.NONE, BackfillProgress.NONE);
    }

    /** Replaces the state if the present version is one lower, else returns false. Idempotent. */
    Uni<Boolean> compareAndSet(MigrationState next);

    /**
     * Adds the evidence of one instance; does nothing if the window is closed. The source is another one at each start
     * of the instance, and increments the sequence with each addition; a repeated one counts once.
     */
    Uni<Void> add(long window, String source, long sequence, Evidence seen);

    /** A lease. Each new lease has a higher fencing token. */
    record BackfillLease(long fencingToken) {}

    /** Takes a free lease for a time on Redis' clock, or extends the runner's own; empty if another holds it. */
    Uni<Optional<BackfillLease>> acquire(String runner, Duration duration);

    /** Ends the lease if it is still the current one. */
    Uni<Void> release(BackfillLease lease);

    /**
     * Saves the progress of the runner under its lease. Returns false, and writes nothing, if the lease is not the
     * current one any more, or an operator has started another run or paused this one: the runner must read the state
     * again.
     */
    Uni<Boolean> advance(BackfillLease lease, BackfillProgress progress);

    /**
     * Stores a request of an operator: a new run, a pause, a resumption or another limit. Needs no lease. Returns false
     * if the run, status or limit is not the expected one any more.
     */
    Uni<Boolean> request(BackfillProgress expected, BackfillProgress wanted);
}
