package dev.tokencache.operator.console.history;

import dev.tokencache.operator.console.history.Totals.Bucket;
import dev.tokencache.redis.ShardState;
import dev.tokencache.redis.command.RedisRouter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the totals from the registry of the metrics, and the lag from the router. */
public final class MetricTotals implements Supplier<Totals> {

    private final MeterRegistry registry;
    private final RedisRouter router;

    public MetricTotals(MeterRegistry registry, RedisRouter router) {
        this.registry = registry;
        this.router = router;
    }

    @Override
    public Totals get() {
        return new Totals(
                verdicts("active"),
                verdicts("inactive"),
                verdicts("unknown"),
                latency(registry.find("tokencache.store")
                        .tag("operation", "validate")
                        .timer()),
                count("tokencache.near.cache.hits") + count("tokencache.near.cache.coalesced"),
                count("tokencache.near.cache.misses"),
                lag());
    }

    private double verdicts(String verdict) {
        return count(
                registry.find("tokencache.validations").tag("verdict", verdict).counter());
    }

    private double count(String name) {
        return count(registry.find(name).counter());
    }

    private static double count(@Nullable Counter counter) {
        return counter == null ? 0 : counter.count();
    }

    private static List<Bucket> latency(@Nullable Timer timer) {
        if (timer == null) {
            return List.of();
        }
        HistogramSnapshot snapshot = timer.takeSnapshot();
        List<Bucket> buckets = new ArrayList<>();
        for (CountAtBucket bucket : snapshot.histogramCounts()) {
            buckets.add(new Bucket(bucket.bucket(TimeUnit.MILLISECONDS), bucket.count()));
        }
        buckets.add(new Bucket(Double.POSITIVE_INFINITY, snapshot.count()));
        return buckets;
    }

    private OptionalLong lag() {
        return router.shards().stream()
                .flatMap(shard -> shard.replicas().stream())
                .map(ShardState.Replica::lagBytes)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
    }
}
