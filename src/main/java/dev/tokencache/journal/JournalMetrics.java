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

/** Counts what becomes of the entries, as metrics ({@code tokencache_journal_*}) and for whoever asks. */
public final class JournalMetrics implements JournalEvents {

    private final LongAdder written = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder outlived = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder taken = new LongAdder();
    /** By what did not work. */
    private final List<LongAdder> failed =
            Stream.of(Failure.values()).map(failure -> new LongAdder()).toList();

    /** Shows the counts, and how a journal is, as metrics. */
    public void register(MeterRegistry registry, JournalStorage storage) {
        counter(registry, "written", "Writes that the journal took for Redis", Tags.empty(), written);
        counter(registry, "replayed", "Journal entries brought to Redis", Tags.empty(), replayed);
        String dropped = "Journal entries that nobody can ask for any more, or that Redis refuses for good";
        counter(registry, "dropped", dropped, Tags.of("reason", "outlived"), outlived);
        counter(registry, "dropped", dropped, Tags.of("reason", "expired"), expired);
        counter(registry, "dropped", dropped, Tags.of("reason", "taken"), taken);
        for (Failure failure : Failure.values()) {
            Tags tags = Tags.of("operation", failure.name().toLowerCase(Locale.ROOT));
            counter(registry, "failed", "What the journal could not do", tags, failed.get(failure.ordinal()));
        }
        gauge(registry, "entries", "Journal entries that wait for Redis", storage, JournalStatus::entries);
        gauge(
                registry,
                "oldest.age.seconds",
                "How long the oldest journal entry has waited",
                storage,
                status -> status.oldestAge().toMillis() / 1000.0);
        gauge(
                registry,
                "broken",
                "1 while the journal can not be read or written, else 0",
                storage,
                status -> status.state() == JournalStatus.State.BROKEN ? 1 : 0);
        gauge(
                registry,
                "full",
                "1 while the journal takes no further entries, else 0",
                storage,
                status -> status.state() == JournalStatus.State.FULL ? 1 : 0);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String description,
            JournalStorage storage,
            ToDoubleFunction<JournalStatus> value) {
        Gauge.builder("tokencache.journal." + name, storage, seen -> value.applyAsDouble(seen.status()))
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
     * What was counted since the start.
     *
     * @param replayed entries that were brought to Redis
     * @param dropped entries that nobody could ask for any more, or that Redis refuses for good
     * @param failed how often something did not work
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
    public void outlived(int entries) {
        outlived.add(entries);
    }

    @Override
    public void refused(Restoration reason) {
        (reason == Restoration.TAKEN ? taken : expired).increment();
    }

    @Override
    public void failed(Failure what) {
        failed.get(what.ordinal()).increment();
    }
}
