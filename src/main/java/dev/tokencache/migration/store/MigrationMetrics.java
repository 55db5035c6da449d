package dev.tokencache.migration.store;

import dev.tokencache.migration.Labelled;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The metrics of a migration in this instance: {@code tokencache_migration_*}. */
public final class MigrationMetrics {

    private final MeterRegistry registry;
    private final KnownState known;
    private final Counter comparisons;
    private final Counter shed;
    private final Map<Mismatch, Counter> mismatches = new EnumMap<>(Mismatch.class);
    private final Map<Side, Counter> errors = new EnumMap<>(Side.class);
    private final Map<TokenCopier.Outcome, Counter> copies = new EnumMap<>(TokenCopier.Outcome.class);

    public MigrationMetrics(MeterRegistry registry, KnownState known) {
        this.registry = registry;
        this.known = known;
        this.comparisons = counter("comparisons", "Tokens compared on both sides", Tags.empty());
        this.shed = counter("comparisons.shed", "Comparisons skipped because too many were in flight", Tags.empty());
        count("mismatches", "Tokens on which the two sides differ", "kind", Mismatch.values(), mismatches);
        count("errors", "Failed calls to a side", "side", Side.values(), errors);
        count(
                "copies",
                "Tokens that a validation found only in the old store",
                "outcome",
                TokenCopier.Outcome.values(),
                copies);
        for (Step step : Step.values()) {
            gauge(
                    "phase",
                    "1 for the current phase of this instance, else 0",
                    Tags.of("phase", step.label()),
                    state -> state.phase().is(step) ? 1 : 0);
        }
        gauge(
                "read.percent",
                "Of 100 tokens, how many are read from the cluster first",
                Tags.empty(),
                state -> state.phase().readPercent());
        gauge("mirror.percent", "Of 100 validations, how many are compared", Tags.empty(), state -> state.phase()
                .mirrorPercent());
        gauge("version", "Version of the migration state; each change adds one", Tags.empty(), MigrationState::version);
        Gauge.builder(
                        "tokencache.migration.state.age.seconds",
                        known,
                        seen -> seen.state().isPresent() ? seen.ageNanos() / 1e9 : Double.NaN)
                .description("Seconds since the state was last read; every instance should be below 2")
                .register(registry);
    }

    private <E extends Labelled> void count(
            String name, String description, String tag, E[] constants, Map<E, Counter> counters) {
        for (E constant : constants) {
            Tags tags = Tags.of(tag, constant.label());
            counters.put(constant, counter(name, description, tags));
        }
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder("tokencache.migration." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String description, Tags tags, ToDoubleFunction<MigrationState> value) {
        Gauge.builder("tokencache.migration." + name, known, seen -> seen.state()
                        .map(value::applyAsDouble)
                        .orElse(name.equals("phase") ? 0 : Double.NaN))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** A token that is active on at least one side was compared. */
    void compared(Optional<Mismatch> mismatch) {
        comparisons.increment();
        mismatch.map(mismatches::get).ifPresent(Counter::increment);
    }

    /** A comparison was skipped because too many are in flight. */
    void shed() {
        shed.increment();
    }

    void failed(Side side) {
        Optional.ofNullable(errors.get(side)).ifPresent(Counter::increment);
    }

    /** A validation found a token only in the old store. */
    void copied(TokenCopier.Outcome outcome) {
        Optional.ofNullable(copies.get(outcome)).ifPresent(Counter::increment);
    }
}
