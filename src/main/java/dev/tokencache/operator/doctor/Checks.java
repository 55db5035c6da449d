package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** All checks, in the order of their codes. */
public final class Checks {

    private static final List<Check> ALL = Stream.of(
                    SecurityChecks.all(),
                    TopologyChecks.all(),
                    MemoryChecks.all(),
                    LoadChecks.all(),
                    ServiceChecks.all())
            .flatMap(List::stream)
            .toList();

    private Checks() {}

    public static List<Check> all() {
        return ALL;
    }

    static Check of(String code, BiConsumer<Cluster, Report> body) {
        return new Check(code, facts -> {
            Cluster cluster = new Cluster(facts);
            Report report = new Report(code, cluster.nodes().size());
            body.accept(cluster, report);
            return report.findings();
        });
    }

    /** A check of the slot map, which is unknown if no node shows it. */
    static Check ofMap(String code, BiConsumer<Cluster, Report> body) {
        return of(code, (cluster, report) -> {
            if (cluster.map().isEmpty()) {
                cluster.reportUnknownViews(report);
            } else {
                body.accept(cluster, report);
            }
        });
    }

    /** A parameter that must not have a value: names and values, as a regular expression. */
    static Check settings(String code, Status status, Map<String, String> wrong) {
        return of(
                code,
                (cluster, report) -> cluster.eachConfig(
                        report,
                        (node, config) -> wrong.forEach((name, value) -> {
                            boolean applies = !name.startsWith("cluster-") || !Cluster.isSingle(node);
                            if (applies && config.text(name).matches(value)) {
                                report.add(status, Report.subject(node), name + " " + config.text(name));
                            }
                        })));
    }
}
