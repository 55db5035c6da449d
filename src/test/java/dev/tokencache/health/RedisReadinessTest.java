package dev.tokencache.health;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterState;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RedisReadinessTest {

    private static final RouterState UP = cluster(true, 1, 1, 1);
    private static final RouterState DOWN = new RouterState(false, 0, 0, List.of());
    private static final RouterState SILENT_SERVER =
            new RouterState(true, 16384, 0, List.of(new RouterState.Node(new Endpoint("master", 1), true, false)));

    @Test
    void shouldStayUpWhileRedisIsDown() {
        assertThat(check(UP, false).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(check(DOWN, false).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(check(DOWN, false).getData().orElseThrow()).containsEntry("cluster_state", "fail");
    }

    @Test
    void shouldRequireRedisIfConfigured() {
        assertThat(check(UP, true).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(check(DOWN, true).getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
        assertThat(check(SILENT_SERVER, true).getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
    }

    @Test
    void shouldReportMastersWithoutAReplica() {
        assertThat(check(cluster(true, 1, 0, 2), false).getData().orElseThrow())
                .containsEntry("masters", 3L)
                .containsEntry("replicas", 3L)
                .containsEntry("replicas_per_master", "1,0,2")
                .containsEntry("masters_without_replica", 1L)
                .containsEntry("slots_covered", 16384L)
                .containsEntry("nodes_up", 6L);
    }

    /** Right after the start, every replica seems unreachable. */
    @Test
    void shouldNotReportReplicasBeforeTheyAreKnown() {
        assertThat(RedisReadiness.response(cluster(false, 1, 1, 1), false, false)
                        .getData()
                        .orElseThrow())
                .containsEntry("masters", 3L)
                .doesNotContainKeys("replicas_per_master", "masters_without_replica");
    }

    private static HealthCheckResponse check(RouterState seen, boolean needsRedis) {
        return RedisReadiness.response(seen, true, needsRedis);
    }

    /** Masters that are up, each with this many replicas. */
    private static RouterState cluster(boolean areReplicasUp, int... replicasPerMaster) {
        List<RouterState.Node> nodes = new ArrayList<>();
        for (int replicas : replicasPerMaster) {
            nodes.add(new RouterState.Node(new Endpoint("master", nodes.size() + 1), true, true));
            for (int i = 0; i < replicas; i++) {
                nodes.add(new RouterState.Node(new Endpoint("replica", nodes.size() + 1), false, areReplicasUp));
            }
        }
        return new RouterState(true, 16384, 0, nodes);
    }
}
