package dev.tokencache.simulation;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.MigrationStates.Shared;

/** Checks what a complete backfill promises: the cluster has every token that was live at its start. */
final class BackfillAudit {

    private final World world;
    private final MigrationAudit audit;
    private final Oracle oracle;
    private final AdminCalls calls;
    private long auditedRun;

    BackfillAudit(World world, MigrationAudit audit, Oracle oracle, AdminCalls calls) {
        this.world = world;
        this.audit = audit;
        this.oracle = oracle;
        this.calls = calls;
    }

    /** Whether the last backfill has copied everything since the mirroring began. */
    static boolean isComplete(Shared shared) {
        BackfillProgress backfill = shared.backfill();
        return backfill.status() == BackfillProgress.Status.COMPLETE
                && backfill.counts().failed() == 0
                && backfill.startedAtMillis()
                        >= shared.state().mirroredSinceMillis().orElse(Long.MAX_VALUE);
    }

    /** Checks the last backfill once it is complete. */
    void check(Shared shared) {
        BackfillProgress backfill = shared.backfill();
        if (!isComplete(shared) || backfill.run() == auditedRun) {
            return;
        }
        auditedRun = backfill.run();
        world.log("operator: audits backfill " + auditedRun);
        long startMillis = world.time().clock().millis() - world.time().nanoTime() / 1_000_000;
        audit.missing(
                (backfill.startedAtMillis() - startMillis) * 1_000_000,
                missing -> calls.status(
                        now -> {
                            if (!missing.isEmpty()
                                    && isComplete(now)
                                    && now.backfill().run() == backfill.run()) {
                                oracle.violated("backfill " + backfill.run() + " is complete, but the cluster lacks "
                                        + missing);
                            }
                        },
                        () -> {}));
    }
}
