package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Cluster.Shard;
import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import dev.tokencache.operator.doctor.Vulnerabilities.Open;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Vulnerable and mixed versions. */
final class VersionChecks {

    private static final Duration MAX_AGE = Duration.ofDays(90);
    private static final Pattern INSTALLED_BY_A_PACKAGE = Pattern.compile("/usr/(s?bin|libexec|lib(64)?)/.*");

    private VersionChecks() {}

    static void vulnerabilities(Cluster cluster, Report report) {
        LocalDate checkedOn = Vulnerabilities.SHIPPED.checkedOn();
        if (checkedOn.plusDays(MAX_AGE.toDays()).isBefore(LocalDate.ofInstant(cluster.readAt(), ZoneOffset.UTC))) {
            report.add(
                    Status.WARN,
                    Report.SERVICE,
                    "the list of vulnerabilities is of " + checkedOn + ": update token-cache");
        }
        cluster.eachInfo(
                report,
                (node, info) ->
                        open("TC105", node, info, report, open -> open.stream().anyMatch(Open::isCritical)));
    }

    static void scripts(Cluster cluster, Report report) {
        cluster.eachInfo(report, (node, info) -> open("TC106", node, info, report, open -> mayAnyoneScript(node)));
    }

    private static void open(String check, NodeFacts node, Fields info, Report report, Predicate<List<Open>> isError) {
        ServerVersion version = ServerVersion.of(info).orElse(null);
        if (version == null) {
            report.unknown(node, "INFO does not name the version");
            return;
        }
        String buildId = info.text("redis_build_id");
        boolean hasTls = node.tls().isKnown() || Cluster.config(node).number("tls-port", 0) > 0;
        List<Open> open = Vulnerabilities.SHIPPED.open(check, version, buildId, hasTls);
        if (open.isEmpty()) {
            return;
        }
        String ids = open.stream().map(Open::id).collect(Collectors.joining(", "));
        String fixedIn = open.stream()
                .map(Open::fixedIn)
                .max(Comparator.comparing(VersionChecks::key))
                .orElseThrow();
        String build = Vulnerabilities.SHIPPED.packageOf(buildId).orElse("");
        if (build.isEmpty()
                && INSTALLED_BY_A_PACKAGE.matcher(info.text("executable")).matches()) {
            report.unknown(node, version + " has " + ids + ", unless the distributor of its package has patched it");
        } else {
            report.add(
                    isError.test(open) ? Status.ERROR : Status.WARN,
                    Report.subject(node),
                    version + " has " + ids + "; fixed in " + (build.isEmpty() ? fixedIn : "a package after " + build));
        }
    }

    /** Sorts versions: each number with three digits. */
    private static String key(String version) {
        return Pattern.compile("[0-9]+").matcher(version).replaceAll(number -> "%03d"
                .formatted(Integer.parseInt(number.group())));
    }

    /** Whether scripts are for everyone who has the password, not only for users of an ACL. */
    private static boolean mayAnyoneScript(NodeFacts node) {
        List<String> acl = node.acl().orElse(List.of());
        return acl.isEmpty()
                || acl.stream().anyMatch(line -> line.startsWith("user default on ") && !line.contains(" -@scripting"));
    }

    static void mixed(Cluster cluster, Report report) {
        Set<String> versions = cluster.nodes().stream()
                .flatMap(node -> Cluster.version(node).stream())
                .map(ServerVersion::toString)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
        if (versions.size() > 1) {
            report.add(Status.WARN, Report.CLUSTER, "the nodes run " + String.join(", ", versions));
        }
        for (Shard shard : cluster.shards()) {
            cluster.node(shard.master().id()).flatMap(Cluster::version).ifPresent(master -> shard.replicas()
                    .forEach(replica -> older(cluster, replica, master, report)));
        }
    }

    private static void older(Cluster cluster, NodeLine replica, ServerVersion master, Report report) {
        cluster.node(replica.id()).ifPresent(node -> Cluster.version(node)
                .filter(own -> own.product().equals(master.product()) && own.isBefore(master.number()))
                .ifPresent(own -> report.error(
                        node, "it runs " + own + " and its master " + master + ": it may be unable to read the data")));
    }
}
