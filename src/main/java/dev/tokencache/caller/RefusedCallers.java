package dev.tokencache.caller;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts refused callers, and logs them at most once a minute per caller id and reason. Only configured ids are logged: any
 * other one is the requester's text, possibly a secret. Thread-safe.
 */
public final class RefusedCallers {

    /** Why a caller is refused. */
    public enum Reason {
        /** There is no {@code Authorization: Basic} header, or it is malformed. */
        NO_CREDENTIALS,
        /** The id is not configured. */
        UNKNOWN_CALLER,
        /** The id is configured, and the secret is wrong. */
        WRONG_SECRET,
        /** The caller is authenticated, and lacks the role. */
        MISSING_ROLE;

        /** The value of the metric's label. */
        private final String label = name().toLowerCase(Locale.ROOT);

        private final String words = label.replace('_', ' ');
    }

    /**
     * A refusal.
     *
     * @param caller the id, if it is configured
     */
    public record Refusal(Reason reason, @Nullable String caller) {}

    private static final Logger LOG = Logger.getLogger(RefusedCallers.class);
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final class Line {
        final AtomicLong dueNanos;
        final AtomicLong refused = new AtomicLong();

        Line(long dueNanos) {
            this.dueNanos = new AtomicLong(dueNanos);
        }
    }

    private final LongSupplier nanoTime;
    private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);
    private final Map<Refusal, Line> lines = new ConcurrentHashMap<>();

    /** @param nanoTime the current time, as {@link System#nanoTime} */
    public RefusedCallers(MeterRegistry registry, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        for (Reason reason : Reason.values()) {
            counters.put(
                    reason,
                    Counter.builder("tokencache.refused.callers")
                            .description("Requests refused because of their caller's credentials or roles")
                            .tag("reason", reason.label)
                            .register(registry));
        }
    }

    /** Counts a refusal, and logs it unless one like it was logged within a minute. */
    public void refused(Refusal refusal) {
        Objects.requireNonNull(counters.get(refusal.reason())).increment();
        long now = nanoTime.getAsLong();
        Line line = lines.computeIfAbsent(refusal, first -> new Line(now));
        line.refused.incrementAndGet();
        long due = line.dueNanos.get();
        if (now - due >= 0 && line.dueNanos.compareAndSet(due, now + INTERVAL_NANOS)) {
            LOG.warnf(
                    "Caller refused: %s. caller=%s requests=%d; more are logged in a minute",
                    refusal.reason().words,
                    refusal.caller() == null ? "-" : refusal.caller(),
                    line.refused.getAndSet(0));
        }
    }
}
