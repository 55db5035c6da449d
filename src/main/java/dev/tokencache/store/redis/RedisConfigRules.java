package dev.tokencache.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the numbers of {@link RedisConfig} may be. Pure. A duration of zero would not fail where it is used: there would
 * be no timer behind it, and so no connection or no slot map, for good.
 */
final class RedisConfigRules {

    private static final String PREFIX = "tokencache.redis.";
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofHours(1);
    private static final int MAX_AT_ONCE = 1_000_000;
    private static final int MAX_REPLICAS = 100;

    private RedisConfigRules() {}

    /** @throws IllegalArgumentException naming every property that makes no sense */
    static void check(RedisConfig config) {
        List<String> problems = new ArrayList<>();
        checkDuration("timeout", config.timeout(), problems);
        checkDuration("command-timeout", config.commandTimeout(), problems);
        checkDuration("connect-timeout", config.connectTimeout(), problems);
        checkDuration("refresh-interval", config.refreshInterval(), problems);
        checkDuration("replica-timeout", config.replicaTimeout(), problems);
        checkDuration("max-replica-lag", config.maxReplicaLag(), problems);
        if (!config.replicaReadAfter().isZero()) {
            checkDuration("replica-read-after", config.replicaReadAfter(), problems);
        }
        checkNumber("max-in-flight", config.maxInFlight(), 1, MAX_AT_ONCE, problems);
        checkNumber("max-calls", config.maxCalls(), 1, MAX_AT_ONCE, problems);
        checkNumber("min-replicas", config.minReplicas(), 0, MAX_REPLICAS, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** @throws IllegalArgumentException naming the property, if it makes no sense */
    static void check(BreakerConfig config) {
        if (config.delay().compareTo(LEAST) < 0 || config.delay().compareTo(MOST) > 0) {
            throw new IllegalArgumentException("tokencache.breaker.delay must be from 1 millisecond to 1 hour");
        }
    }

    private static void checkDuration(String name, Duration value, List<String> problems) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
            problems.add(PREFIX + name + " must be from 1 millisecond to 1 hour");
        }
    }

    private static void checkNumber(String name, int value, int least, int most, List<String> problems) {
        if (value < least || value > most) {
            problems.add(PREFIX + name + " must be from " + least + " to " + most);
        }
    }
}
