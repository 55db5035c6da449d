package dev.tokencache.store.redis;

import dev.tokencache.redis.ConfigProblems;
import java.time.Duration;

/** The limits of the settings of {@link RedisConfig}. Each method throws as {@link ConfigProblems#report}. Pure. */
final class RedisConfigRules {

    private static final Duration MAX_REPLICA_LAG = Duration.ofSeconds(10);
    private static final int MAX_AT_ONCE = 1_000_000;
    private static final int MAX_REPLICAS = 100;

    private RedisConfigRules() {}

    static void check(RedisConfig config) {
        ConfigProblems problems = new ConfigProblems("tokencache.redis.");
        problems.checkDuration("timeout", config.timeout());
        problems.checkDuration("command-timeout", config.commandTimeout());
        problems.checkDuration("connect-timeout", config.connectTimeout());
        problems.checkDuration("replica-timeout", config.replicaTimeout());
        problems.addIf(
                config.maxReplicaLag().isNegative() || config.maxReplicaLag().compareTo(MAX_REPLICA_LAG) > 0,
                "max-replica-lag must be from 0 to 10 seconds");
        if (!config.replicaReadAfter().isZero()) {
            problems.checkDuration("replica-read-after", config.replicaReadAfter());
        }
        problems.checkNumber("max-calls", config.maxCalls(), 1, MAX_AT_ONCE);
        problems.checkNumber("min-replicas", config.minReplicas(), 0, MAX_REPLICAS);
        problems.report();
    }

    static void check(BreakerConfig config) {
        ConfigProblems problems = new ConfigProblems("tokencache.breaker.");
        problems.checkDuration("delay", config.delay());
        problems.report();
    }
}
