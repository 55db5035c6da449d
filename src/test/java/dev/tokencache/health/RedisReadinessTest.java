package dev.tokencache.health;

import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RedisReadinessTest {

    private static final RedisHealth.Snapshot WELL = new RedisHealth.Snapshot(true, 16384, List.of(1, 1, 1), 3, 6);
    private static final RedisHealth.Snapshot AWAY = new RedisHealth.Snapshot(false, 0, List.of(), 0, 0);
    private static final RedisHealth.Snapshot SILENT_SERVER = new RedisHealth.Snapshot(true, 16384, List.of(0), 0, 0);

    @Test
    void shouldStayUpWhateverBecomesOfRedis() {
        assertThat(answer(WELL, false).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(answer(AWAY, false).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(answer(AWAY, false).getData().orElseThrow()).containsEntry("cluster_state", "fail");
    }

    @Test
    void shouldNeedRedisIfToldSo() {
        assertThat(answer(WELL, true).getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        assertThat(answer(AWAY, true).getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
        assertThat(answer(SILENT_SERVER, true).getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
    }

    @Test
    void shouldReportMastersWithoutAReplica() {
        assertThat(answer(new RedisHealth.Snapshot(true, 16384, List.of(1, 0, 2), 4, 6), false)
                        .getData()
                        .orElseThrow())
                .containsEntry("masters", 3L)
                .containsEntry("replicas", 4L)
                .containsEntry("replicas_per_master", "1,0,2")
                .containsEntry("masters_without_replica", 1L)
                .containsEntry("slots_covered", 16384L)
                .containsEntry("nodes_up", 6L);
    }

    private static HealthCheckResponse answer(RedisHealth.Snapshot seen, boolean needsRedis) {
        return new RedisReadiness(() -> seen, () -> needsRedis).call();
    }
}
