package dev.tokencache.operator.doctor.cli;

import dev.tokencache.operator.doctor.CheckTexts;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.nodes.NodeClients;
import dev.tokencache.redis.Endpoint;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The settings that fix findings and that a second {@code CONFIG SET} undoes. */
final class Fixes {

    /** A setting of a node. No setting with a secret is among them. */
    private record Fix(Endpoint node, String name, String value, String before) {

        String command(String to) {
            return "redis-cli -h " + node.host() + " -p " + node.port() + " CONFIG SET " + name + " '" + to + "'";
        }
    }

    private static final Pattern SETTING = Pattern.compile("CONFIG SET ([a-z-]+ (?:[\\w-]+|\"[^\"]+\"))(?=;|,|$)");

    private final List<Fix> fixes;

    private Fixes(List<Fix> fixes) {
        this.fixes = fixes;
    }

    static Fixes of(Diagnosis diagnosis) {
        return new Fixes(diagnosis.findings().stream()
                .filter(finding -> finding.status() != Finding.Status.UNKNOWN)
                .flatMap(finding -> settings(finding.code()).stream()
                        .flatMap(setting -> diagnosis.facts().nodes().stream()
                                .filter(node -> isAffected(node, finding))
                                .flatMap(node -> fix(node, setting).stream())))
                .distinct()
                .toList());
    }

    /** Names and values. A value that the operator must choose, such as a password, is an ellipsis in the text. */
    private static List<String> settings(String code) {
        return SETTING.matcher(CheckTexts.of(code).fix())
                .results()
                .map(setting -> setting.group(1).replace("\"", ""))
                .toList();
    }

    private static boolean isAffected(NodeFacts node, Finding finding) {
        return !finding.subject().startsWith("node ") || finding.subject().equals("node " + node.address());
    }

    private static List<Fix> fix(NodeFacts node, String setting) {
        String[] words = setting.split(" ", 2);
        Map<String, String> config = node.config().value();
        String before = config == null ? null : config.get(words[0]);
        return before == null || before.equals(words[1])
                ? List.of()
                : List.of(new Fix(node.address(), words[0], words[1], before));
    }

    boolean isEmpty() {
        return fixes.isEmpty();
    }

    void print(PrintWriter out) {
        out.println();
        if (isEmpty()) {
            out.println("No finding has a fix by CONFIG SET. See the column fix above.");
        } else {
            out.println("These commands fix findings while Redis runs, and can be undone:");
            fixes.forEach(fix -> out.println("  " + fix.command(fix.value())));
            out.print("Run them now? Type yes: ");
        }
        out.flush();
    }

    void apply(Connections connections, PrintWriter out) {
        try (NodeClients clients = connections.clients()) {
            for (Fix fix : fixes) {
                String command = fix.command(fix.value());
                out.println(Connections.await(clients.send(fix.node(), "CONFIG", "SET", fix.name(), fix.value())
                        .map(done -> "done    " + command)
                        .otherwise(failure -> "failed  " + command + ": " + failure.getMessage())));
            }
        }
        out.println("To undo:");
        fixes.forEach(fix -> out.println("  " + fix.command(fix.before())));
        out.println("Write the same into redis.conf, or run CONFIG REWRITE: a restart forgets it.");
        out.flush();
    }
}
