package dev.tokencache.operator.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.operator.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The findings of a run, the worst first, and which checks ran. */
public record Diagnosis(ClusterFacts facts, List<String> checks, List<Finding> findings) {

    /** Runs the checks. One that fails is unknown, and hides no other. */
    public static Diagnosis of(ClusterFacts facts, List<Check> checks) {
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks) {
            try {
                findings.addAll(check.examine(facts));
            } catch (RuntimeException failure) {
                String reason = "the check failed: " + failure.getClass().getSimpleName();
                findings.add(new Finding(check.code(), Status.UNKNOWN, Report.CLUSTER, reason));
            }
        }
        findings.sort(Comparator.comparing(Finding::status)
                .reversed()
                .thenComparing(Finding::code)
                .thenComparing(Finding::subject));
        return new Diagnosis(facts, checks.stream().map(Check::code).distinct().toList(), List.copyOf(findings));
    }

    /**
     * The checks with these codes.
     *
     * @param only all if empty
     * @throws IllegalArgumentException {@code only} or {@code skip}, whichever names a check that does not exist
     */
    public static List<Check> select(List<Check> all, List<String> only, List<String> skip) {
        Set<String> wanted = known(all, only, "only");
        Set<String> unwanted = known(all, skip, "skip");
        return all.stream()
                .filter(check -> only.isEmpty() || wanted.contains(check.code()))
                .filter(check -> !unwanted.contains(check.code()))
                .toList();
    }

    private static Set<String> known(List<Check> all, List<String> codes, String field) {
        Set<String> upper =
                codes.stream().map(code -> code.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
        if (!all.stream().map(Check::code).collect(Collectors.toSet()).containsAll(upper)) {
            throw new IllegalArgumentException(field);
        }
        return upper;
    }

    private Status worst() {
        return findings.isEmpty() ? Status.OK : findings.get(0).status();
    }

    /** The document that the API returns and the command prints. */
    public ObjectNode json() {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("read_at", facts.readAt().getEpochSecond())
                .put("nodes", facts.nodes().size())
                .put("status", word(worst()));
        checks.forEach(document.putArray("checks")::add);
        var array = document.putArray("findings");
        for (Finding finding : findings) {
            CheckTexts texts = CheckTexts.of(finding.code());
            array.addObject()
                    .put("code", finding.code())
                    .put("title", texts.title())
                    .put("severity", texts.severity())
                    .put("status", word(finding.status()))
                    .put("subject", finding.subject())
                    .put("symptom", texts.symptom())
                    .put("impact", texts.impact())
                    .put("evidence", finding.evidence())
                    .put("fix", texts.fix())
                    .put("url", texts.url());
        }
        return document;
    }

    public static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
