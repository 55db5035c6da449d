package dev.tokencache.migration;

import java.util.OptionalLong;

/**
 * Where a migration stands: the same for all replicas, kept in the cluster.
 *
 * @param phase the phase, with its percentages
 * @param sinceMillis since when, milliseconds since the epoch
 * @param by the id of the caller that asked for it
 * @param version one more with each change; 0 before the first
 * @param mirroredSinceMillis since when, without a gap, the cluster was told of every create; empty in {@code legacy}
 * @param window the part of the evidence that counts: one more with each change and with the end of a backfill
 */
public record MigrationState(
        MigrationPhase phase,
        long sinceMillis,
        String by,
        long version,
        OptionalLong mirroredSinceMillis,
        long window) {

    /** What counts for a migration that nobody has touched yet. */
    public static final MigrationState INITIAL =
            new MigrationState(MigrationPhase.LEGACY, 0, "", 0, OptionalLong.empty(), 0);

    /** This state, changed. */
    public MigrationState to(MigrationPhase next, String caller, long nowMillis) {
        OptionalLong mirrored = next.is(MigrationPhase.Step.LEGACY)
                ? OptionalLong.empty()
                : OptionalLong.of(mirroredSinceMillis.orElse(nowMillis));
        return new MigrationState(next, nowMillis, caller, version + 1, mirrored, window + 1);
    }

    /** This state, in which the cluster has missed something up to now: only what is copied from now on makes up for it. */
    public MigrationState mirroringRestarted(long nowMillis) {
        return new MigrationState(phase, sinceMillis, by, version + 1, OptionalLong.of(nowMillis), window + 1);
    }

    /** This state, with evidence that is to be gathered anew. */
    public MigrationState withNewWindow() {
        return new MigrationState(phase, sinceMillis, by, version + 1, mirroredSinceMillis, window + 1);
    }
}
