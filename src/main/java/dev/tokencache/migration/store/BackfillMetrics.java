package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.MigrationStates.Shared;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows the backfill as metrics ({@code tokencache_migration_backfill_*}): the same in every process, since they all show what the
 * replicas share. Not a number until it was read.
 */
public final class BackfillMetrics {

    private volatile @Nullable BackfillProgress progress;

    public BackfillMetrics(MeterRegistry registry) {
        gauge(
                registry,
                "running",
                "1 while a run is asked for and not at its end, else 0",
                known -> known.status() == Status.RUNNING ? 1 : 0);
        gauge(
                registry,
                "complete",
                "1 if the last run has seen all, else 0",
                known -> known.status() == Status.COMPLETE ? 1 : 0);
        gauge(
                registry,
                "estimated",
                "Keys of the old store when the run began, roughly",
                BackfillProgress::estimatedKeys);
        gauge(registry, "scanned", "Keys that the run has looked at", known -> known.counts()
                .scanned());
        gauge(registry, "copied", "Tokens that the run has copied", known -> known.counts()
                .copied());
        gauge(registry, "present", "Tokens that the cluster had already", known -> known.counts()
                .present());
        gauge(registry, "skipped", "Keys that are dead, logged out or no tokens", known -> known.counts()
                .skipped());
        gauge(registry, "failed", "Tokens that could not be copied", known -> known.counts()
                .failed());
    }

    private void gauge(
            MeterRegistry registry, String name, String description, ToDoubleFunction<BackfillProgress> value) {
        Gauge.builder("tokencache.migration.backfill." + name, this, metrics -> metrics.value(value))
                .description(description)
                .register(registry);
    }

    private double value(ToDoubleFunction<BackfillProgress> of) {
        return Optional.ofNullable(progress).map(of::applyAsDouble).orElse(Double.NaN);
    }

    /** What the replicas share, as it was read last. */
    public void observe(Shared read) {
        progress = read.backfill();
    }
}
