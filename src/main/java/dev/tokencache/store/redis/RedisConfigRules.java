package dev.tokencache.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The limits of the settings of {@link RedisConfig}. Pure. A zero duration must be rejected here, because it would silently
 * disable a timer, and with it connections or the slot map.
 */
final class RedisConfigRules {

    private static final String PREFIX = "tokencache.redis.";
    private static final Duration MIN_DURATION = Duration.ofMillis(1);
    private static final Duration MAX_DURATION = Duration.ofHours(1);
    private static final Duration MAX_REPLICA_LAG = Duration.ofSeconds(10);
    private static final int MAX_AT_ONCE = 1_000_000;
    private static final int MAX_REPLICAS = 100;

    private RedisConfigRules() {}

    /** @throws IllegalArgumentException naming every invalid property */
    static void check(RedisConfig config) {
        List<String> problems = new ArrayList<>();
        checkDuration("timeout", config.timeout(), problems);
        checkDuration("command-timeout", config.commandTimeout(), problems);
        checkDuration("connect-timeout", config.connectTimeout(), problems);
        checkDuration("replica-timeout", config.replicaTimeout(), problems);
        if (config.maxReplicaLag().isNegative() || config.maxReplicaLag().compareTo(MAX_REPLICA_LAG) > 0) {
            problems.add(PREFIX + "max-replica-lag must be from 0 to 10 seconds");
        }
        if (!config.replicaReadAfter().isZero()) {
            checkDuration("replica-read-after", config.replicaReadAfter(), problems);
        }
        checkNumber("max-calls", config.maxCalls(), 1, MAX_AT_ONCE, problems);
        checkNumber("min-replicas", config.minReplicas(), 0, MAX_REPLICAS, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** @throws IllegalArgumentException naming the property, if it is invalid */
    static void check(BreakerConfig config) {
        if (config.delay().compareTo(MIN_DURATION) < 0 || config.delay().compareTo(MAX_DURATION) > 0) {
            throw new IllegalArgumentException("tokencache.breaker.delay must be from 1 millisecond to 1 hour");
        }
    }

    private static void checkDuration(String name, Duration value, List<String> problems) {
        if (value.compareTo(MIN_DURATION) < 0 || value.compareTo(MAX_DURATION) > 0) {
            problems.add(PREFIX + name + " must be from 1 millisecond to 1 hour");
        }
    }

    private static void checkNumber(String name, int value, int min, int max, List<String> problems) {
        if (value < min || value > max) {
            problems.add(PREFIX + name + " must be from " + min + " to " + max);
        }
    }
}
