package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.MigrationStates.Shared;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Metrics {@code tokencache_migration_backfill_*}: the shared progress, in each instance; NaN until read. */
public final class BackfillMetrics {

    private final MeterRegistry registry;
    private volatile @Nullable BackfillProgress progress;

    public BackfillMetrics(MeterRegistry registry) {
        this.registry = registry;
        gauge("running", "1 while a run is in progress, else 0", is(Status.RUNNING));
        gauge("complete", "1 if the last run is complete, else 0", is(Status.COMPLETE));
        gauge(
                "estimated",
                "Approximate number of keys in the old store at the start of the run",
                BackfillProgress::estimatedKeys);
        gauge("scanned", "Keys that the run has scanned", of(Counts::scanned));
        gauge("copied", "Tokens that the run has copied", of(Counts::copied));
        gauge("present", "Tokens that were already in the cluster", of(Counts::present));
        gauge("skipped", "Keys of inactive tokens, or of no token", of(Counts::skipped));
        gauge("failed", "Tokens that could not be copied", of(Counts::failed));
    }

    private static ToDoubleFunction<BackfillProgress> is(Status status) {
        return known -> known.status() == status ? 1 : 0;
    }

    private static ToDoubleFunction<BackfillProgress> of(ToDoubleFunction<Counts> count) {
        return known -> count.applyAsDouble(known.counts());
    }

    private void gauge(String name, String description, ToDoubleFunction<BackfillProgress> value) {
        Gauge.builder("tokencache.migration.backfill." + name, this, metrics -> metrics.value(value))
                .description(description)
                .register(registry);
    }

    private double value(ToDoubleFunction<BackfillProgress> of) {
        return Optional.ofNullable(progress).map(of::applyAsDouble).orElse(Double.NaN);
    }

    public void observe(Shared read) {
        progress = read.backfill();
    }
}
