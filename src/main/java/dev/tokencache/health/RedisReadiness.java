package dev.tokencache.health;

import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.command.RedisRouter;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Reports the state of Redis, and stays UP while Redis is down. The service then still returns useful answers (503, unknown);
 * taking every instance out of service would leave callers without any. {@code tokencache.health.ready-needs-redis} changes
 * that.
 */
@Readiness
@ApplicationScoped
final class RedisReadiness implements HealthCheck {

    private static final Logger LOG = Logger.getLogger(RedisReadiness.class);

    private final RedisRouter redis;
    private final boolean needsRedis;
    private final AtomicReference<Status> logged;

    RedisReadiness(RedisRouter redis, HealthConfig config) {
        this.redis = redis;
        this.needsRedis = config.readyNeedsRedis();
        this.logged = new AtomicReference<>(needsRedis ? Status.DOWN : Status.UP);
    }

    @Override
    public HealthCheckResponse call() {
        RouterState seen = redis.state();
        HealthCheckResponse response = response(seen, redis.isSettled(), needsRedis);
        if (logged.getAndSet(response.getStatus()) != response.getStatus()) {
            LOG.infof(
                    "Readiness changed by Redis: status=%s cluster_ok=%s nodes_up=%d",
                    response.getStatus(), seen.isClusterOk(), seen.nodesUp());
        }
        return response;
    }

    /** @param isSettled whether a connection to each node was attempted; until then a replica only seems unreachable */
    static HealthCheckResponse response(RouterState seen, boolean isSettled, boolean needsRedis) {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("redis")
                .status(!needsRedis || (seen.isClusterOk() && seen.nodesUp() > 0))
                .withData("cluster_state", seen.isClusterOk() ? "ok" : "fail")
                .withData("slots_covered", seen.slotsCovered())
                .withData("masters", seen.masters())
                .withData("replicas", seen.nodes().size() - seen.masters())
                .withData("nodes_up", seen.nodesUp())
                .withData("breakers_open", seen.openBreakers());
        if (isSettled) {
            List<Integer> perMaster = seen.replicasPerMaster();
            response.withData(
                            "replicas_per_master",
                            perMaster.stream().map(String::valueOf).collect(Collectors.joining(",")))
                    .withData(
                            "masters_without_replica",
                            perMaster.stream().filter(count -> count == 0).count());
        }
        return response.build();
    }
}
