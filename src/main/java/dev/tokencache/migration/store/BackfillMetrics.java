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
 * The metrics of the backfill: {@code tokencache_migration_backfill_*}. Every instance reports the same shared
 * progress; NaN until it was read.
 */
public final class BackfillMetrics {

    private volatile @Nullable BackfillProgress progress;

    public BackfillMetrics(MeterRegistry registry) {
        gauge(
                registry,
                "running",
                "1 while a run is in progress, else 0",
                known -> known.status() == Status.RUNNING ? 1 : 0);
        gauge(
                registry,
                "complete",
                "1 if the last run is complete, else 0",
                known -> known.status() == Status.COMPLETE ? 1 : 0);
        gauge(
                registry,
                "estimated",
                "Approximate number of keys in the old store at the start of the run",
                BackfillProgress::estimatedKeys);
        gauge(registry, "scanned", "Keys that the run has scanned", known -> known.counts()
                .scanned());
        gauge(registry, "copied", "Tokens that the run has copied", known -> known.counts()
                .copied());
        gauge(registry, "present", "Tokens that were already in the cluster", known -> known.counts()
                .present());
        gauge(registry, "skipped", "Keys of inactive tokens, or of no token", known -> known.counts()
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

    /** Takes over the shared state that was read last. */
    public void observe(Shared read) {
        progress = read.backfill();
    }
}
