package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts what the near cache does, {@code tokencache_near_cache_*}, and times how revocations reach it. */
final class NearCacheMetrics {

    private final MeterRegistry registry;
    private final Counter hits;
    private final Counter misses;
    private final Counter shared;
    private final Counter stale;
    private final Counter size;
    private final Counter age;
    private final Counter token;
    private final Counter subject;
    private final Timer propagation;

    NearCacheMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.hits = counter("hits", "Validations answered from memory");
        this.misses = counter("misses", "Validations that the store was asked for");
        this.shared = counter("shared", "Validations answered by a question that was under way already");
        this.stale = counter("stale", "Validations answered from memory, marked, since the store could not be asked");
        this.size = evictions("size");
        this.age = evictions("age");
        this.token = evictions("token_revoked");
        this.subject = evictions("subject_revoked");
        this.propagation = Timer.builder("tokencache.revocation.propagation")
                .description("From the publishing of a revocation to its effect here, by the clocks of the two")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
    }

    /** Shows, besides, what is kept and whether it is trusted. */
    void watch(VerdictCache cache, RevocationBus bus) {
        Gauge.builder("tokencache.near.cache.entries", cache, VerdictCache::entries)
                .description("Verdicts kept, about")
                .register(registry);
        Gauge.builder(
                        "tokencache.near.cache.trusted",
                        bus,
                        asked -> asked.listeningEpoch() == RevocationBus.NOT_SURE ? 0 : 1)
                .description(
                        "1 while every revocation is sure to be heard, else 0: then each validation asks the store")
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("tokencache.near.cache." + name)
                .description(description)
                .register(registry);
    }

    private Counter evictions(String cause) {
        return Counter.builder("tokencache.near.cache.evictions")
                .description("Verdicts dropped for lack of room or for their age, and revocations heard that drop them")
                .tag("cause", cause)
                .register(registry);
    }

    void hit() {
        hits.increment();
    }

    void missed() {
        misses.increment();
    }

    void joined() {
        shared.increment();
    }

    void stale() {
        stale.increment();
    }

    void outOfRoom() {
        size.increment();
    }

    void outOfAge() {
        age.increment();
    }

    void heard(Revocation revocation, Duration since) {
        (revocation instanceof Revocation.OfToken ? token : subject).increment();
        propagation.record(since);
    }
}
