package dev.tokencache.operator.doctor.live;

import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.testing.VirtualTime;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorScheduleTest {

    private final VirtualTime time = new VirtualTime();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Future<ClusterFacts> facts = Future.failedFuture("not yet");

    private DoctorScheduleTest() {
        new DoctorSchedule(() -> facts, time, registry).start(Duration.ofHours(1));
    }

    private Future<ClusterFacts> unreachable() {
        NodeFacts node = NodeFacts.unknown(new Endpoint("10.0.0.1", 6379), "connection refused");
        return Future.succeededFuture(
                new ClusterFacts(time.clock().instant(), List.of(node), Reading.unknown("no service")));
    }

    private double lastRun() {
        return registry.get("tokencache.doctor.last.run").gauge().value();
    }

    @Test
    void shouldCountFindingsByCodeAndSeverity() {
        facts = unreachable();
        time.advance(Duration.ofMinutes(1));

        assertThat(registry.find("tokencache.doctor.findings").gauges())
                .isNotEmpty()
                .allSatisfy(
                        gauge -> assertThat(gauge.getId().getTag("severity")).isIn("warn", "error", "unknown"))
                .extracting(Gauge::value)
                .allMatch(count -> count >= 1);
        assertThat(registry.find("tokencache.doctor.findings").gauges())
                .extracting(gauge -> gauge.getId().getTag("code"))
                .allMatch(code -> code.matches("TC\\d{3}"));
    }

    @Test
    void shouldShowTheLastRunThatSucceeded() {
        double started = lastRun();
        time.advance(Duration.ofMinutes(61));
        assertThat(lastRun()).isEqualTo(started);

        facts = unreachable();
        time.advance(Duration.ofHours(1));
        assertThat(lastRun()).isEqualTo(started + 2 * 3600);
    }
}
