package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

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

    /** @param values as in a format string, if there are some */
    void add(Status status, String subject, String evidence, Object... values) {
        String text = values.length == 0 ? evidence : String.format(Locale.ROOT, evidence, values);
        subjects.computeIfAbsent(new Saying(status, text), any -> new ArrayList<>())
                .add(subject);
    }

    void error(NodeFacts node, String evidence, Object... values) {
        add(Status.ERROR, subject(node), evidence, values);
    }

    void warn(NodeFacts node, String evidence, Object... values) {
        add(Status.WARN, subject(node), evidence, values);
    }

    void warn(String subject, String evidence, Object... values) {
        add(Status.WARN, subject, evidence, values);
    }

    void unknown(NodeFacts node, String reason, Object... values) {
        add(Status.UNKNOWN, subject(node), reason, values);
    }

    static String subject(NodeFacts node) {
        return "node " + node.address();
    }

    static String addresses(List<NodeFacts> nodes) {
        return nodes.stream().map(node -> node.address().toString()).collect(Collectors.joining(", "));
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
