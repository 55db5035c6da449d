package dev.tokencache.simulation;

import dev.tokencache.store.nearcache.NearCacheConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** {@code tokencache.near-cache.*} of one instance. */
record NearCacheSettings(Duration maxAge, Duration staleIfError, boolean publish) implements NearCacheConfig {

    /** The defaults of the service: no near cache, but revocations are published for those of others. */
    static final NearCacheSettings OFF = new NearCacheSettings(Duration.ZERO, Duration.ZERO, true);

    static final List<String> HOSTS = List.of("service-1", "service-2", "service-3");

    /** The settings of each of the {@link #HOSTS}: one has no near cache, those of the others depend on the seed. */
    static Function<String, NearCacheConfig> onTwoHosts(long seed) {
        RandomGenerator random = new World(seed).random("near caches");
        Map<String, NearCacheConfig> settings = Map.of(
                HOSTS.get(0),
                OFF,
                HOSTS.get(1),
                new NearCacheSettings(anyOf(random, 2, 10, 60), Duration.ZERO, true),
                HOSTS.get(2),
                new NearCacheSettings(anyOf(random, 0, 5, 30), anyOf(random, 10, 60), true));
        return settings::get;
    }

    private static Duration anyOf(RandomGenerator random, int... seconds) {
        return Duration.ofSeconds(seconds[random.nextInt(seconds.length)]);
    }

    @Override
    public int maxEntries() {
        return 100_000;
    }
}
