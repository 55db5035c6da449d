package dev.tokencache.operator.console.history;

import dev.tokencache.operator.instances.Load;
import dev.tokencache.redis.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the metrics every five seconds, and keeps the differences for 15 minutes. Thread-safe. */
public final class MetricHistory {

    public static final Duration INTERVAL = Duration.ofSeconds(5);

    /** 15 minutes. */
    public static final int MAX_SAMPLES = 180;

    private final Supplier<Totals> totals;
    private final Time time;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private @Nullable Totals last;
    private long lastNanos;

    public MetricHistory(Supplier<Totals> totals, Time time) {
        this.totals = totals;
        this.time = time;
    }

    public void start() {
        read();
        time.scheduleEvery(INTERVAL, this::read);
    }

    private synchronized void read() {
        Totals now = totals.get();
        long nanos = time.nanoTime();
        if (last != null && nanos > lastNanos) {
            if (samples.size() == MAX_SAMPLES) {
                samples.removeFirst();
            }
            samples.add(Sample.between(
                    last, now, (nanos - lastNanos) / 1e9, time.clock().instant()));
        }
        last = now;
        lastNanos = nanos;
    }

    /** The load of the last interval. */
    public synchronized Load load() {
        Sample newest = samples.peekLast();
        return newest == null ? Load.NONE : new Load(newest.perSecond(), newest.unknown());
    }

    public Instant now() {
        return time.clock().instant();
    }

    /** The oldest first. */
    public synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }
}
