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
    private static final int MOST_IN_FLIGHT = 1_000_000;

    private RedisConfigRules() {}

    /** @throws IllegalArgumentException naming every property that makes no sense */
    static void check(RedisConfig config) {
        List<String> problems = new ArrayList<>();
        checkDuration("timeout", config.timeout(), problems);
        checkDuration("command-timeout", config.commandTimeout(), problems);
        checkDuration("connect-timeout", config.connectTimeout(), problems);
        checkDuration("refresh-interval", config.refreshInterval(), problems);
        if (config.maxInFlight() < 1 || config.maxInFlight() > MOST_IN_FLIGHT) {
            problems.add(PREFIX + "max-in-flight must be from 1 to " + MOST_IN_FLIGHT);
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void checkDuration(String name, Duration value, List<String> problems) {
        if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
            problems.add(PREFIX + name + " must be from 1 millisecond to 1 hour");
        }
    }
}
