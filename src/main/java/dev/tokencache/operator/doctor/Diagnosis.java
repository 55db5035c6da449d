package dev.tokencache.operator.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.operator.doctor.Finding.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The findings of a run, the worst first, and which checks ran. */
public record Diagnosis(ClusterFacts facts, List<String> checks, List<Finding> findings) {

    /** Runs the checks. One that fails is unknown, and hides no other. */
    public static Diagnosis of(ClusterFacts facts, List<Check> checks) {
        List<Finding> findings = new ArrayList<>();
        for (Check check : checks) {
            try {
                findings.addAll(check.examine(facts));
            } catch (RuntimeException failure) {
                findings.add(new Finding(
                        check.code(),
                        Status.UNKNOWN,
                        "cluster",
                        "the check failed: " + failure.getClass().getSimpleName()));
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
        requireKnown(all, only, "only");
        requireKnown(all, skip, "skip");
        Predicate<Check> isWanted = check -> only.isEmpty() || contains(only, check.code());
        return all.stream()
                .filter(isWanted.and(check -> !contains(skip, check.code())))
                .toList();
    }

    private static void requireKnown(List<Check> all, List<String> codes, String field) {
        TreeSet<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        all.forEach(check -> known.add(check.code()));
        if (!known.containsAll(codes)) {
            throw new IllegalArgumentException(field);
        }
    }

    private static boolean contains(List<String> codes, String code) {
        return codes.stream().anyMatch(code::equalsIgnoreCase);
    }

    private Status worst() {
        return findings.stream()
                .map(Finding::status)
                .max(Comparator.naturalOrder())
                .orElse(Status.OK);
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
