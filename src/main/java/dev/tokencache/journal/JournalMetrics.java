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

/** Counts the journal's events, for metrics ({@code tokencache_journal_*}) and for the admin API. Thread-safe. */
public final class JournalMetrics {

    /** A failed operation. */
    public enum Failure {
        /** A read; its verdict is unknown. */
        READ,
        /** A write, because the journal is broken; it returned 503. */
        WRITE,
        /** A write, because the journal is full; it returned 503. */
        FULL,
        /** Claiming, acknowledging or releasing entries. */
        BACKLOG,
        /** Decoding an entry, which stays in the journal. */
        DECODE,
        /** Replaying an entry to Redis, or to enough replicas; it is retried. */
        REPLAY
    }

    private final LongAdder written = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final LongAdder outlived = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder taken = new LongAdder();
    /** Indexed by the ordinal of {@link Failure}. */
    private final List<LongAdder> failed =
            Stream.of(Failure.values()).map(failure -> new LongAdder()).toList();

    public void register(MeterRegistry registry, JournalStorage storage) {
        Registration all = new Registration(registry, storage);
        all.counter(
                "written",
                "Writes committed to the journal because Redis could not accept them with the configured durability",
                Tags.empty(),
                written);
        all.counter(
                "replayed", "Journal entries that were replayed and that Redis has confirmed", Tags.empty(), replayed);
        String dropped =
                "Journal entries removed without a replay: their tokens ended, or Redis rejected them permanently";
        all.counter("dropped", dropped, Tags.of("reason", "outlived"), outlived);
        all.counter("dropped", dropped, Tags.of("reason", "expired"), expired);
        all.counter("dropped", dropped, Tags.of("reason", "taken"), taken);
        for (Failure failure : Failure.values()) {
            Tags tags = Tags.of("operation", failure.name().toLowerCase(Locale.ROOT));
            all.counter("failed", "Journal operations that failed", tags, failed.get(failure.ordinal()));
        }
        all.gauge("entries", "Journal entries that Redis has not confirmed yet", JournalStatus::entries);
        all.gauge(
                "oldest.age.seconds",
                "Age of the oldest journal entry",
                status -> status.oldestAge().toMillis() / 1000.0);
        all.gauge("broken", "1 while the journal cannot be read or written, else 0", is(JournalStatus.State.BROKEN));
        all.gauge("full", "1 while the journal accepts no further entries, else 0", is(JournalStatus.State.FULL));
    }

    private static ToDoubleFunction<JournalStatus> is(JournalStatus.State state) {
        return status -> status.state() == state ? 1 : 0;
    }

    private record Registration(MeterRegistry registry, JournalStorage storage) {

        void gauge(String name, String description, ToDoubleFunction<JournalStatus> value) {
            Gauge.builder("tokencache.journal." + name, storage, current -> value.applyAsDouble(current.status()))
                    .description(description)
                    .register(registry);
        }

        void counter(String name, String description, Tags tags, LongAdder count) {
            FunctionCounter.builder("tokencache.journal." + name, count, LongAdder::sum)
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }
    }

    /** The counts since the start of this process; {@code dropped} entries were removed without a replay. */
    public record Totals(long replayed, long dropped, long failed) {}

    public Totals totals() {
        return new Totals(
                replayed.sum(),
                outlived.sum() + expired.sum() + taken.sum(),
                failed.stream().mapToLong(LongAdder::sum).sum());
    }

    public void written(int writes) {
        written.add(writes);
    }

    /** The store has confirmed an entry, which leaves the journal. */
    public void replayed() {
        replayed.increment();
    }

    /** Entries were removed because their tokens are past their maximum expiry. */
    public void outlived(int entries) {
        outlived.add(entries);
    }

    /** The store rejected an entry permanently. */
    public void refused(Restoration reason) {
        (reason == Restoration.TAKEN ? taken : expired).increment();
    }

    public void failed(Failure operation) {
        failed.get(operation.ordinal()).increment();
    }
}
