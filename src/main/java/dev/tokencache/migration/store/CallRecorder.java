package dev.tokencache.migration.store;

import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Side;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;

/** Records the failed calls of each side. */
record CallRecorder(EvidenceCollector evidence, MigrationMetrics events) {

    /** A read; an unknown verdict counts as an error of the side. */
    Uni<Verdict> read(Side side, MigrationState state, Uni<Verdict> read) {
        return read.invoke(verdict -> {
            if (verdict instanceof Verdict.Unknown) {
                failed(side, state);
            }
        });
    }

    /** A write; a failure counts as an error of the side. */
    <T> Uni<T> write(Side side, MigrationState state, Uni<T> write) {
        return write.onFailure().invoke(failure -> failed(side, state));
    }

    /** A write in the background; if it fails, the cluster lacks a token. */
    void mirror(MigrationState state, Uni<?> write) {
        BestEffort.run(write(Side.CLUSTER, state, write).onFailure().invoke(evidence::missed));
    }

    private void failed(Side side, MigrationState state) {
        evidence.failed(state.window(), side);
        events.failed(side);
    }

    void copied(TokenCopier.Outcome outcome) {
        events.copied(outcome);
    }
}
