package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;

/**
 * The port to what all replicas share: the state, the evidence and the backfill. Thread-safe, never blocks; every call fails
 * with {@link dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
 */
public interface MigrationStates {

    /** All that is shared, of one moment; {@link Shared#INITIAL} if nothing was written yet. */
    Uni<Shared> read();

    /**
     * What replicas share.
     *
     * @param evidence of the state's window
     */
    record Shared(MigrationState state, Evidence evidence, BackfillProgress backfill) {
        public static final Shared INITIAL = new Shared(MigrationState.INITIAL, Evidence.NONE, BackfillProgress.NONE);
    }

    /**
     * Replaces the state, if its version is still the one that the new one follows. Repeating it does no harm.
     *
     * @param next its version is one more than that of the state it replaces
     * @return false if somebody else was faster
     */
    Uni<Boolean> compareAndSet(MigrationState next);

    /**
     * Adds what one replica has seen; nothing happens if the window is over.
     *
     * @param source names the replica, differently at each start
     * @param sequence one more with each addition of the source; repeating an addition counts once
     */
    Uni<Void> add(long window, String source, long sequence, Evidence seen);
}
