package dev.tokencache.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports the state of Redis, and stays UP while Redis is down. The service then still returns useful answers (503, unknown);
 * taking every instance out of service would leave callers without any. {@code tokencache.health.ready-needs-redis} changes
 * that.
 */
@Readiness
@ApplicationScoped
final class RedisReadiness implements HealthCheck {

    private final RedisHealth redis;
    private final boolean needsRedis;

    RedisReadiness(RedisHealth redis, HealthConfig config) {
        this.redis = redis;
        this.needsRedis = config.readyNeedsRedis();
    }

    @Override
    public HealthCheckResponse call() {
        RedisHealth.Snapshot seen = redis.snapshot();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("redis")
                .status(!needsRedis || seen.isServing())
                .withData("cluster_state", seen.isClusterOk() ? "ok" : "fail")
                .withData("slots_covered", seen.slotsCovered())
                .withData("masters", seen.masters())
                .withData("replicas", seen.replicas())
                .withData("nodes_up", seen.nodesUp())
                .withData("breakers_open", seen.openBreakers());
        if (seen.isSettled()) {
            response.withData("replicas_per_master", perMaster(seen))
                    .withData("masters_without_replica", seen.mastersWithoutReplica());
        }
        return response.build();
    }

    private static String perMaster(RedisHealth.Snapshot seen) {
        return seen.replicasPerMaster().stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
