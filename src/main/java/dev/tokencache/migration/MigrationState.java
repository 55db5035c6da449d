package dev.tokencache.migration;

import java.util.OptionalLong;

/**
 * The state of a migration, shared by all instances and stored in the cluster.
 *
 * @param sinceMillis when it was entered, milliseconds since the epoch
 * @param version incremented by each change; 0 before the first
 * @param mirroredSinceMillis since when the cluster has received every create without a gap; empty in {@code legacy}
 * @param window the evidence window that counts; incremented by each change and by the end of a backfill
 */
public record MigrationState(
        MigrationPhase phase,
        long sinceMillis,
        String by,
        long version,
        OptionalLong mirroredSinceMillis,
        long window) {

    public static final MigrationState INITIAL =
            new MigrationState(MigrationPhase.LEGACY, 0, "", 0, OptionalLong.empty(), 0);

    /** The state after a change of phase. */
    public MigrationState to(MigrationPhase next, String caller, long nowMillis) {
        OptionalLong mirrored = next.is(MigrationPhase.Step.LEGACY)
                ? OptionalLong.empty()
                : OptionalLong.of(mirroredSinceMillis.orElse(nowMillis));
        return new MigrationState(next, nowMillis, caller, version + 1, mirrored, window + 1);
    }

    /** This state after the cluster missed writes: only a backfill that starts from now on makes up for them. */
    public MigrationState mirroringRestarted(long nowMillis) {
        return new MigrationState(phase, sinceMillis, by, version + 1, OptionalLong.of(nowMillis), window + 1);
    }

    public MigrationState withNewWindow() {
        return new MigrationState(phase, sinceMillis, by, version + 1, mirroredSinceMillis, window + 1);
    }
}
