package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The metrics of the near cache, {@code tokencache_near_cache_*}, and the propagation time of revocations. */
final class NearCacheMetrics {

    private final MeterRegistry registry;
    final Counter hits;
    final Counter misses;
    final Counter coalesced;
    final Counter stale;
    final Counter evictedBySize;
    final Counter evictedByAge;
    private final Counter token;
    private final Counter subject;
    private final Timer propagation;

    NearCacheMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.hits = counter("hits", "Validations answered from memory");
        this.misses = counter("misses", "Validations that read the store");
        this.coalesced = counter("coalesced", "Validations that shared the store lookup of another one");
        this.stale = counter("stale", "Stale verdicts returned because the store was unreachable");
        this.evictedBySize = evictions("size");
        this.evictedByAge = evictions("age");
        this.token = evictions("token_revoked");
        this.subject = evictions("subject_revoked");
        this.propagation = Timer.builder("tokencache.revocation.propagation")
                .description("Time from publishing a revocation to its effect here, by the clocks of the two instances")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
    }

    /** Registers gauges for the number of cached verdicts and for the trust in the bus. */
    void register(VerdictCache cache, RevocationBus bus) {
        Gauge.builder("tokencache.near.cache.entries", cache, VerdictCache::entries)
                .description("Cached verdicts, approximately")
                .register(registry);
        Gauge.builder(
                        "tokencache.near.cache.trusted",
                        bus,
                        observed -> observed.listeningEpoch() == RevocationBus.UNTRUSTED ? 0 : 1)
                .description(
                        "1 while every revocation is certain to be received, else 0: each validation then reads the"
                                + " store")
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("tokencache.near.cache." + name)
                .description(description)
                .register(registry);
    }

    private Counter evictions(String cause) {
        return Counter.builder("tokencache.near.cache.evictions")
                .description("Verdicts evicted by size or age, and received revocations that invalidate verdicts")
                .tag("cause", cause)
                .register(registry);
    }

    void revoked(Revocation revocation, Duration age) {
        (revocation instanceof Revocation.OfToken ? token : subject).increment();
        propagation.record(age);
    }
}
