package dev.tokencache.journal;

import dev.tokencache.token.TokenStore.Restoration;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Counts the journal's events, for metrics ({@code tokencache_journal_*}) and for the admin API. */
public final class JournalMetrics implements JournalEvents {

    private final LongAdder written = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder outlived = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder taken = new LongAdder();
    /** Indexed by the ordinal of {@link Failure}. */
    private final List<LongAdder> failed =
            Stream.of(Failure.values()).map(failure -> new LongAdder()).toList();

    /** Registers the counters, and gauges of the journal's status. */
    public void register(MeterRegistry registry, JournalStorage storage) {
        counter(
                registry,
                "written",
                "Writes committed to the journal because Redis could not accept them with the configured durability",
                Tags.empty(),
                written);
        counter(
                registry,
                "replayed",
                "Journal entries that were replayed and that Redis has confirmed",
                Tags.empty(),
                replayed);
        String dropped =
                "Journal entries removed without a replay: their tokens ended, or Redis rejected them permanently";
        counter(registry, "dropped", dropped, Tags.of("reason", "outlived"), outlived);
        counter(registry, "dropped", dropped, Tags.of("reason", "expired"), expired);
        counter(registry, "dropped", dropped, Tags.of("reason", "taken"), taken);
        for (Failure failure : Failure.values()) {
            Tags tags = Tags.of("operation", failure.name().toLowerCase(Locale.ROOT));
            counter(registry, "failed", "Journal operations that failed", tags, failed.get(failure.ordinal()));
        }
        gauge(registry, "entries", "Journal entries that Redis has not confirmed yet", storage, JournalStatus::entries);
        gauge(
                registry,
                "oldest.age.seconds",
                "Age of the oldest journal entry",
                storage,
                status -> status.oldestAge().toMillis() / 1000.0);
        gauge(
                registry,
                "broken",
                "1 while the journal cannot be read or written, else 0",
                storage,
                status -> status.state() == JournalStatus.State.BROKEN ? 1 : 0);
        gauge(
                registry,
                "full",
                "1 while the journal accepts no further entries, else 0",
                storage,
                status -> status.state() == JournalStatus.State.FULL ? 1 : 0);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String description,
            JournalStorage storage,
            ToDoubleFunction<JournalStatus> value) {
        Gauge.builder("tokencache.journal." + name, storage, current -> value.applyAsDouble(current.status()))
                .description(description)
                .register(registry);
    }

    private static void counter(MeterRegistry registry, String name, String description, Tags tags, LongAdder count) {
        FunctionCounter.builder("tokencache.journal." + name, count, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /**
     * The counts since the start of this process.
     *
     * @param replayed entries that Redis has confirmed
     * @param dropped entries removed without a replay
     * @param failed operations that failed
     */
    public record Totals(long replayed, long dropped, long failed) {}

    public Totals totals() {
        return new Totals(
                replayed.sum(),
                outlived.sum() + expired.sum() + taken.sum(),
                failed.stream().mapToLong(LongAdder::sum).sum());
    }

    @Override
    public void written(int writes) {
        written.add(writes);
    }

    @Override
    public void replayed() {
        replayed.increment();
    }

    @Override
    public void postponed() {
        failed(Failure.REPLAY);
    }

    @Override
    public void outlived(int entries) {
        outlived.add(entries);
    }

    @Override
    public void refused(Restoration reason) {
        (reason == Restoration.TAKEN ? taken : expired).increment();
    }

    @Override
    public void failed(Failure operation) {
        failed.get(operation.ordinal()).increment();
    }
}
