package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import dev.tokencache.operator.doctor.NodeFacts.TlsFacts;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who may connect, what they may do, and what is known to be vulnerable. */
final class SecurityChecks {

    private static final Duration CERTIFICATE_NOTICE = Duration.ofDays(30);

    private SecurityChecks() {}

    static List<Check> all() {
        return List.of(
                Checks.of("TC101", SecurityChecks::protectedMode),
                Checks.of("TC102", SecurityChecks::password),
                Checks.of("TC103", AclRights::check),
                Checks.of("TC104", SecurityChecks::equalPasswords),
                Checks.of("TC105", VersionChecks::vulnerabilities),
                Checks.of("TC106", VersionChecks::scripts),
                Checks.of("TC107", SecurityChecks::certificates),
                Checks.of("TC108", VersionChecks::mixed));
    }

    private static void protectedMode(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (isOpen(node, config) && !isLoopback(config) && isRefusedByProtectedMode(node, config)) {
                report.error(node, "protected-mode yes, no password");
            }
        });
    }

    private static void password(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (isOpen(node, config) && isLoopback(config)) {
                report.warn(node, "no password; only programs of its machine can connect");
            } else if (isOpen(node, config) && !isRefusedByProtectedMode(node, config)) {
                report.error(node, "no password");
            }
        });
    }

    /** Whether the user {@code default} needs no password. */
    private static boolean isOpen(NodeFacts node, Fields config) {
        return defaultUser(node)
                .map(user -> user.contains("on") && user.contains("nopass"))
                .orElse(config.text("requirepass").isEmpty()
                        && config.text("masteruser").isEmpty());
    }

    /** The words of its line in {@code ACL LIST}. */
    private static Optional<List<String>> defaultUser(NodeFacts node) {
        return node.acl().orElse(List.of()).stream()
                .filter(line -> line.startsWith("user default "))
                .map(line -> List.of(line.split(" ")))
                .findFirst();
    }

    private static boolean isLoopback(Fields config) {
        return Stream.of(config.text("bind").split(" ")).allMatch(it -> it.matches("-?(127\\..*|::1)"));
    }

    /** Before Redis 7, {@code bind} switches protected mode off. */
    private static boolean isRefusedByProtectedMode(NodeFacts node, Fields config) {
        return config.has("protected-mode", "yes")
                && (config.text("bind").isBlank() || Cluster.hasFeaturesOf("7.0", node));
    }

    private static void equalPasswords(Cluster cluster, Report report) {
        List<NodeFacts> read =
                cluster.nodes().stream().filter(node -> node.config().isKnown()).toList();
        cluster.eachConfig(report, (node, config) -> {
            boolean isRotated = defaultUser(node)
                    .filter(user ->
                            user.stream().filter(word -> word.startsWith("#")).count() > 1)
                    .isPresent();
            if (!isRotated && !isAuthEqual(node)) {
                report.error(node, "masterauth differs from requirepass: as a replica, it cannot log in to its master");
            }
        });
        if (read.stream().allMatch(SecurityChecks::isAuthEqual)) {
            boolean hasUser = read.stream()
                    .anyMatch(node -> !Cluster.config(node).text("masteruser").isEmpty());
            differing(read, report, hasUser ? "masterauth" : "requirepass");
        }
    }

    private static boolean isAuthEqual(NodeFacts node) {
        Fields config = Cluster.config(node);
        return !config.text("masteruser").isEmpty() || config.text("masterauth").equals(config.text("requirepass"));
    }

    private static void differing(List<NodeFacts> nodes, Report report, String name) {
        var byPassword = nodes.stream()
                .collect(Collectors.groupingBy(node -> Cluster.config(node).text(name)));
        byPassword.values().stream()
                .min(Comparator.comparing(List::size))
                .filter(smallest -> byPassword.size() > 1)
                .ifPresent(smallest -> report.add(
                        Status.ERROR,
                        Report.CLUSTER,
                        name + " is not the same on all nodes; different on " + Report.addresses(smallest)));
    }

    private static void certificates(Cluster cluster, Report report) {
        for (NodeFacts node : cluster.nodes()) {
            boolean hasTlsPort = Cluster.config(node).number("tls-port", 0) > 0;
            TlsFacts tls = node.tls().value();
            if (tls != null) {
                certificate(cluster, report, node, tls);
            } else if (hasTlsPort && node.info().isKnown()) {
                report.unknown(node, node.tls().reason());
            }
        }
    }

    private static void certificate(Cluster cluster, Report report, NodeFacts node, TlsFacts tls) {
        Duration left = Duration.between(cluster.readAt(), tls.notAfter());
        if (left.isNegative()) {
            report.error(node, "its certificate expired at " + tls.notAfter());
        } else if (left.compareTo(CERTIFICATE_NOTICE) < 0) {
            report.warn(node, "its certificate expires at " + tls.notAfter().truncatedTo(ChronoUnit.MINUTES));
        }
        String name = Cluster.self(node)
                .map(NodeLine::announcedName)
                .filter(Predicate.not(String::isEmpty))
                .orElseGet(() -> Cluster.host(node));
        if (tls.names().stream().noneMatch(covering -> covers(covering, name))) {
            report.error(node, "its certificate is for " + tls.names() + ", and it announces " + name);
        }
        if (tls.plainPort() > 0) {
            report.warn(node, "port " + tls.plainPort() + " accepts connections without TLS");
        }
    }

    private static boolean covers(String certified, String name) {
        return certified.equalsIgnoreCase(name)
                || (certified.startsWith("*.") && certified.equalsIgnoreCase(name.replaceFirst("^[^.]+", "*")));
    }
}
