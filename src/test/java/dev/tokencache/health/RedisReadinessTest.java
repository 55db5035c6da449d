package dev.tokencache.health;

import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RedisReadinessTest {

    private static final RedisHealth.Snapshot UP =
            new RedisHealth.Snapshot(true, true, 16384, List.of(1, 1, 1), 3, 6, 0);
    private static final RedisHealth.Snapshot DOWN = new RedisHealth.Snapshot(false, false, 0, List.of(), 0, 0, 0);
    private static final RedisHealth.Snapshot SILENT_SERVER =
            new RedisHealth.Snapshot(true, true, 16384, List.of(0), 0, 0, 0);

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
        assertThat(check(new RedisHealth.Snapshot(true, true, 16384, List.of(1, 0, 2), 4, 6, 0), false)
                        .getData()
                        .orElseThrow())
                .containsEntry("masters", 3L)
                .containsEntry("replicas", 4L)
                .containsEntry("replicas_per_master", "1,0,2")
                .containsEntry("masters_without_replica", 1L)
                .containsEntry("slots_covered", 16384L)
                .containsEntry("nodes_up", 6L);
    }

    /** Right after the start, every replica seems unreachable. */
    @Test
    void shouldNotReportReplicasBeforeTheyAreKnown() {
        RedisHealth.Snapshot starting = new RedisHealth.Snapshot(true, false, 16384, List.of(0, 0, 0), 3, 2, 0);

        assertThat(check(starting, false).getData().orElseThrow())
                .containsEntry("masters", 3L)
                .doesNotContainKeys("replicas_per_master", "masters_without_replica");
    }

    private static HealthCheckResponse check(RedisHealth.Snapshot seen, boolean needsRedis) {
        return new RedisReadiness(() -> seen, () -> needsRedis).call();
    }
}
