package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the findings of one check. What all nodes have in common is one finding about the cluster. */
final class Report {

    static final String CLUSTER = "cluster";
    static final String SERVICE = "service";

    /** The nodes, or the subject, by what is said about them. */
    private final Map<Saying, List<String>> subjects = new LinkedHashMap<>();

    private final String code;
    private final int nodes;

    private record Saying(Status status, String evidence) {}

    Report(String code, int nodes) {
        this.code = code;
        this.nodes = nodes;
    }

    void add(Status status, String subject, String evidence) {
        subjects.computeIfAbsent(new Saying(status, evidence), any -> new ArrayList<>())
                .add(subject);
    }

    void error(NodeFacts node, String evidence) {
        add(Status.ERROR, subject(node), evidence);
    }

    void warn(NodeFacts node, String evidence) {
        add(Status.WARN, subject(node), evidence);
    }

    void unknown(NodeFacts node, String reason) {
        add(Status.UNKNOWN, subject(node), reason);
    }

    static String subject(NodeFacts node) {
        return "node " + node.address();
    }

    List<Finding> findings() {
        return subjects.entrySet().stream()
                .flatMap(entry -> merged(entry.getValue()).stream()
                        .map(subject -> new Finding(
                                code,
                                entry.getKey().status(),
                                subject,
                                entry.getKey().evidence())))
                .toList();
    }

    private Collection<String> merged(List<String> all) {
        boolean isEveryNode = all.size() == nodes && nodes > 1 && all.stream().allMatch(it -> it.startsWith("node "));
        return isEveryNode ? List.of(CLUSTER) : all;
    }
}
