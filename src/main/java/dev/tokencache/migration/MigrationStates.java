package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;

/**
 * The port to the state that all instances share: phase, evidence and backfill. Thread-safe, never blocks. Every call
 * fails
 * with {@link dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
 */
public interface MigrationStates {

    /** A consistent snapshot; {@link Shared#INITIAL} if nothing was written yet. */
    Uni<Shared> read();

    /**
     * The state that all instances share.
     *
     * @param evidence of the current window
     */
    record Shared(MigrationState state, Evidence evidence, BackfillProgress backfill) {
        public static final Shared INITIAL = new Shared(MigrationState.INITIAL, Evidence.NONE, BackfillProgress.NONE);
    }

    /**
     * Replaces the state if its version is unchanged. Idempotent.
     *
     * @param next its version is one higher than that of the state it replaces
     * @return false if another instance changed the state in between
     */
    Uni<Boolean> compareAndSet(MigrationState next);

    /**
     * Adds the evidence of one instance; does nothing if the window is closed.
     *
     * @param source identifies the instance; different at each start
     * @param sequence incremented by each addition of the source; a repeated addition counts once
     */
    Uni<Void> add(long window, String source, long sequence, Evidence seen);
}
