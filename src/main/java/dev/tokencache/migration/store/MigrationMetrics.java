package dev.tokencache.migration.store;

import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The metrics of a migration in this instance: {@code tokencache_migration_*}. */
public final class MigrationMetrics implements MigrationEvents {

    private final Counter comparisons;
    private final Counter shed;
    private final Map<Mismatch, Counter> mismatches = new EnumMap<>(Mismatch.class);
    private final Map<Side, Counter> errors = new EnumMap<>(Side.class);
    private final Map<TokenCopier.Outcome, Counter> copies = new EnumMap<>(TokenCopier.Outcome.class);

    public MigrationMetrics(MeterRegistry registry, KnownState known) {
        this.comparisons = counter(registry, "comparisons", "Tokens compared on both sides", Tags.empty());
        this.shed = counter(
                registry, "comparisons.shed", "Comparisons skipped because too many were in flight", Tags.empty());
        for (Mismatch kind : Mismatch.values()) {
            mismatches.put(
                    kind,
                    counter(
                            registry,
                            "mismatches",
                            "Tokens on which the two sides differ",
                            Tags.of("kind", kind.label())));
        }
        for (Side side : Side.values()) {
            errors.put(side, counter(registry, "errors", "Failed calls to a side", Tags.of("side", side.label())));
        }
        for (TokenCopier.Outcome outcome : TokenCopier.Outcome.values()) {
            String label = outcome.name().toLowerCase(Locale.ROOT);
            copies.put(
                    outcome,
                    counter(
                            registry,
                            "copies",
                            "Tokens that a validation found only in the old store",
                            Tags.of("outcome", label)));
        }
        for (Step step : Step.values()) {
            gauge(
                    registry,
                    "phase",
                    "1 for the current phase of this instance, else 0",
                    Tags.of("phase", step.label()),
                    known,
                    state -> state.phase().is(step) ? 1 : 0);
        }
        gauge(
                registry,
                "read.percent",
                "Of 100 tokens, how many are read from the cluster first",
                Tags.empty(),
                known,
                state -> state.phase().readPercent());
        gauge(
                registry,
                "mirror.percent",
                "Of 100 validations, how many are compared",
                Tags.empty(),
                known,
                state -> state.phase().mirrorPercent());
        gauge(
                registry,
                "version",
                "Version of the migration state; each change adds one",
                Tags.empty(),
                known,
                MigrationState::version);
        Gauge.builder(
                        "tokencache.migration.state.age.seconds",
                        known,
                        seen -> seen.state().isPresent() ? seen.ageNanos() / 1e9 : Double.NaN)
                .description("Seconds since the state was last read; every instance should be below 2")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description, Tags tags) {
        return Counter.builder("tokencache.migration." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String description,
            Tags tags,
            KnownState known,
            ToDoubleFunction<MigrationState> value) {
        Gauge.builder("tokencache.migration." + name, known, seen -> seen.state()
                        .map(value::applyAsDouble)
                        .orElse(name.equals("phase") ? 0 : Double.NaN))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    @Override
    public void compared(Optional<Mismatch> mismatch) {
        comparisons.increment();
        mismatch.map(mismatches::get).ifPresent(Counter::increment);
    }

    @Override
    public void shed() {
        shed.increment();
    }

    @Override
    public void failed(Side side) {
        Optional.ofNullable(errors.get(side)).ifPresent(Counter::increment);
    }

    @Override
    public void copied(TokenCopier.Outcome outcome) {
        Optional.ofNullable(copies.get(outcome)).ifPresent(Counter::increment);
    }
}
