package dev.tokencache.operator.doctor.live;

import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.redis.Time;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Runs all checks periodically, and shows the number of findings as metrics. */
public final class DoctorSchedule {

    private static final Logger LOG = Logger.getLogger(DoctorSchedule.class);

    /** Connections and heartbeats are up by then. */
    private static final Duration FIRST_RUN = Duration.ofSeconds(30);

    private final Supplier<Future<ClusterFacts>> doctor;
    private final Time time;
    private final MultiGauge findings;
    private volatile double lastRunSeconds;

    public DoctorSchedule(Supplier<Future<ClusterFacts>> doctor, Time time, MeterRegistry registry) {
        this.doctor = doctor;
        this.time = time;
        this.lastRunSeconds = time.clock().millis() / 1000.0;
        this.findings = MultiGauge.builder("tokencache.doctor.findings")
                .description("Findings of the last run of doctor, by code: docs/runbooks/doctor.md")
                .register(registry);
        Gauge.builder("tokencache.doctor.last.run", () -> lastRunSeconds)
                .baseUnit("seconds")
                .description("When doctor last ran, or was scheduled, in seconds since the epoch")
                .register(registry);
    }

    public void start(Duration period) {
        time.schedule(FIRST_RUN, this::run);
        time.scheduleEvery(period, this::run);
    }

    private void run() {
        doctor.get()
                .onSuccess(this::show)
                .onFailure(failure -> LOG.warn("Doctor did not run: the metrics show its last findings"));
    }

    private void show(ClusterFacts facts) {
        Map<Tags, Long> counts = Diagnosis.of(facts, Checks.all()).findings().stream()
                .collect(Collectors.groupingBy(
                        finding -> Tags.of("code", finding.code(), "severity", Diagnosis.word(finding.status())),
                        Collectors.counting()));
        findings.register(
                counts.entrySet().stream()
                        .<MultiGauge.Row<?>>map(count -> MultiGauge.Row.of(count.getKey(), count.getValue()))
                        .toList(),
                true);
        lastRunSeconds = time.clock().millis() / 1000.0;
    }
}
