package dev.tokencache.health;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says what the service sees of Redis, and stays UP all the same: while Redis is away the service still has an answer
 * worth having, "unknown, try again", and taking every replica out of service would turn that into no answer at all.
 */
@Readiness
@ApplicationScoped
final class RedisReadiness implements HealthCheck {

    private final RedisHealth redis;

    RedisReadiness(RedisHealth redis) {
        this.redis = redis;
    }

    @Override
    public HealthCheckResponse call() {
        RedisHealth.Snapshot seen = redis.snapshot();
        return HealthCheckResponse.named("redis")
                .up()
                .withData("cluster_state", seen.isClusterOk() ? "ok" : "fail")
                .withData("slots_covered", seen.slotsCovered())
                .withData("masters", seen.masters())
                .withData("replicas", seen.replicas())
                .withData("nodes_up", seen.nodesUp())
                .build();
    }
}
