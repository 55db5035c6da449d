package dev.tokencache.store.metrics;

import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;

public final class VerdictCounter implements Consumer<Verdict> {

    private final Counter active;
    private final Counter inactive;
    private final Counter unknown;

    private VerdictCounter(MeterRegistry registry, String name, String description) {
        this.active = counter(registry, name, description, "active");
        this.inactive = counter(registry, name, description, "inactive");
        this.unknown = counter(registry, name, description, "unknown");
    }

    /** Counts the verdicts that callers receive: {@code tokencache_validations_total}. */
    public static VerdictCounter ofAll(MeterRegistry registry) {
        return new VerdictCounter(registry, "tokencache.validations", "Validations by verdict");
    }

    /** Counts the verdicts read from replicas: {@code tokencache_replica_reads_total}. */
    public static VerdictCounter ofReplicas(MeterRegistry registry) {
        return new VerdictCounter(
                registry,
                "tokencache.replica.reads",
                "Validations read from a replica because the master did not reply, by verdict");
    }

    private static Counter counter(MeterRegistry registry, String name, String description, String verdict) {
        return Counter.builder(name)
                .description(description)
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
