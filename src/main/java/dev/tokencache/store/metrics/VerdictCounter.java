package dev.tokencache.store.metrics;

import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

/** Counts what callers are told: {@code tokencache_validations_total}, by verdict. */
public final class VerdictCounter implements Consumer<Verdict> {

    private final Counter active;
    private final Counter inactive;
    private final Counter unknown;

    public VerdictCounter(MeterRegistry registry) {
        this.active = counter(registry, "active");
        this.inactive = counter(registry, "inactive");
        this.unknown = counter(registry, "unknown");
    }

    private static Counter counter(MeterRegistry registry, String verdict) {
        return Counter.builder("tokencache.validations")
                .description("Validations answered, by verdict")
                .tag("verdict", verdict)
                .register(registry);
    }

    @Override
    public void accept(Verdict verdict) {
        if (verdict instanceof Verdict.Active) {
            active.increment();
        } else if (verdict instanceof Verdict.Inactive) {
            inactive.increment();
        } else {
            unknown.increment();
        }
    }
}
