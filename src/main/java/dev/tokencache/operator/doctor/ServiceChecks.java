package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.ServiceFacts.Instance;
import dev.tokencache.operator.doctor.ServiceFacts.Journal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The instances of the service, its journal and its drills. */
final class ServiceChecks {

    private static final long MAX_CLOCK_SPREAD_MILLIS = 1000;

    /** The promise holds up to this difference. */
    private static final long MAX_TOLERATED_SPREAD_MILLIS = 5000;

    private static final long MAX_JOURNAL_SECONDS = 300;
    private static final double MAX_FULLNESS = 0.8;
    private static final Duration MAX_DRILL_AGE = Duration.ofDays(90);

    private ServiceChecks() {}

    static List<Check> all() {
        return List.of(
                Checks.of("TC501", ServiceChecks::clocks),
                service("TC502", ServiceChecks::equalInstances),
                service("TC503", ServiceChecks::journal),
                service("TC504", (service, report) -> {
                    if (service.minReplicas() == 0) {
                        report.warn(Report.SERVICE, "tokencache.redis.min-replicas is 0");
                    }
                }),
                Checks.of("TC505", (cluster, report) -> cluster.service()
                        .ifPresent(service -> drill(service, cluster.readAt(), report))));
    }

    private static Check service(String code, BiConsumer<ServiceFacts, Report> body) {
        return Checks.of(
                code, (cluster, report) -> cluster.service().ifPresent(service -> body.accept(service, report)));
    }

    private static void clocks(Cluster cluster, Report report) {
        TreeMap<Long, String> clocks = new TreeMap<>();
        cluster.each(NodeFacts::clockAheadMillis, report, (node, ahead) -> clocks.put(ahead, Report.subject(node)));
        cluster.service().ifPresent(service -> instances(service, report)
                .forEach(it -> clocks.put(it.clockAheadMillis(), "instance " + it.id())));
        long spread = clocks.isEmpty() ? 0 : clocks.lastKey() - clocks.firstKey();
        if (spread > MAX_CLOCK_SPREAD_MILLIS) {
            report.add(
                    spread > MAX_TOLERATED_SPREAD_MILLIS ? Status.ERROR : Status.WARN,
                    Report.CLUSTER,
                    "the clock of %s is %d ms ahead of %s",
                    clocks.lastEntry().getValue(),
                    spread,
                    clocks.firstEntry().getValue());
        }
    }

    private static void equalInstances(ServiceFacts service, Report report) {
        Map<String, Set<String>> values = new TreeMap<>();
        List<Instance> instances = instances(service, report);
        for (Instance instance : instances) {
            instance.fingerprints().forEach((kind, value) -> values.computeIfAbsent(kind, any -> new TreeSet<>())
                    .add(value));
        }
        values.forEach((kind, different) -> {
            if (different.size() > 1) {
                String evidence = "%d instances have %d values of %s";
                report.add(Status.ERROR, Report.SERVICE, evidence, instances.size(), different.size(), kind);
            }
        });
    }

    private static List<Instance> instances(ServiceFacts service, Report report) {
        if (!service.instances().isKnown()) {
            report.add(Status.UNKNOWN, Report.SERVICE, service.instances().reason());
        }
        return service.instances().orElse(List.of());
    }

    private static void journal(ServiceFacts service, Report report) {
        Journal journal = service.journal();
        if (journal == null) {
            return;
        }
        if (!journal.trouble().isEmpty()) {
            report.add(Status.ERROR, Report.SERVICE, "the journal does not work: " + journal.trouble());
        } else if (journal.fullness() >= 1) {
            report.add(Status.ERROR, Report.SERVICE, "the journal is full");
        } else if (journal.fullness() >= MAX_FULLNESS || journal.oldestSeconds() > MAX_JOURNAL_SECONDS) {
            String evidence = "the journal has %d entries, is %.0f %% full, and its oldest entry waits for %d s";
            report.warn(Report.SERVICE, evidence, journal.entries(), 100 * journal.fullness(), journal.oldestSeconds());
        }
    }

    private static void drill(ServiceFacts service, Instant readAt, Report report) {
        Instant last = service.lastDrill().value();
        if (last == null) {
            report.add(Status.UNKNOWN, Report.SERVICE, service.lastDrill().reason());
        } else if (last.equals(Instant.EPOCH)) {
            report.warn(Report.SERVICE, "no drill is recorded");
        } else if (last.plus(MAX_DRILL_AGE).isBefore(readAt)) {
            report.warn(Report.SERVICE, "the last drill was at " + last);
        }
    }
}
