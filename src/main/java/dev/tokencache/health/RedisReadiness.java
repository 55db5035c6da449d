package dev.tokencache.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says what the service sees of Redis, and stays UP all the same: while Redis is away the service still has an answer
 * worth having, "unknown, try again", and taking every replica out of service would turn that into no answer at all. Who
 * wants it otherwise sets {@code tokencache.health.ready-needs-redis}.
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
        return HealthCheckResponse.named("redis")
                .status(!needsRedis || seen.isServing())
                .withData("cluster_state", seen.isClusterOk() ? "ok" : "fail")
                .withData("slots_covered", seen.slotsCovered())
                .withData("masters", seen.masters())
                .withData("replicas", seen.replicas())
                .withData("replicas_per_master", perMaster(seen))
                .withData("masters_without_replica", seen.mastersWithoutReplica())
                .withData("nodes_up", seen.nodesUp())
                .build();
    }

    private static String perMaster(RedisHealth.Snapshot seen) {
        return seen.replicasPerMaster().stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
