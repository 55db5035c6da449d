package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Cluster.Shard;
import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.Vulnerabilities.Open;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Vulnerable and mixed versions. */
final class VersionChecks {

    private static final Duration MAX_AGE = Duration.ofDays(90);
    private static final String INSTALLED_BY_A_PACKAGE = "/usr/(s?bin|libexec|lib(64)?)/.*";

    private VersionChecks() {}

    static void vulnerabilities(Cluster cluster, Report report) {
        LocalDate checkedOn = Vulnerabilities.SHIPPED.checkedOn();
        if (checkedOn.plusDays(MAX_AGE.toDays()).isBefore(LocalDate.ofInstant(cluster.readAt(), ZoneOffset.UTC))) {
            report.warn(Report.SERVICE, "the list of vulnerabilities is of " + checkedOn + ": update token-cache");
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
        String has = version + " has " + open.stream().map(Open::id).collect(Collectors.joining(", "));
        String build = Vulnerabilities.SHIPPED.packageOf(buildId).orElse("");
        String fixedIn =
                open.stream().map(Open::fixedIn).max(ServerVersion.ORDER).orElseThrow();
        if (build.isEmpty() && info.text("executable").matches(INSTALLED_BY_A_PACKAGE)) {
            report.unknown(node, has + ", unless the distributor of its package has patched it");
        } else {
            report.add(
                    isError.test(open) ? Status.ERROR : Status.WARN,
                    Report.subject(node),
                    has + "; fixed in " + (build.isEmpty() ? fixedIn : "a package after " + build));
        }
    }

    /** Whether scripts are for everyone who has the password, not only for users of an ACL. */
    private static boolean mayAnyoneScript(NodeFacts node) {
        return node.acl().orElse(List.of("user default on +@all")).stream()
                .filter(line -> line.startsWith("user default on "))
                .map(AclRights::new)
                .anyMatch(rights -> rights.grants("+eval") || rights.grants("+evalsha"));
    }

    static void mixed(Cluster cluster, Report report) {
        Set<String> versions = cluster.nodes().stream()
                .flatMap(node -> Cluster.version(node).stream())
                .map(ServerVersion::toString)
                .collect(Collectors.toCollection(TreeSet::new));
        if (versions.size() > 1) {
            report.warn(Report.CLUSTER, "the nodes run " + String.join(", ", versions));
        }
        for (Shard shard : cluster.shards()) {
            cluster.node(shard.master().id()).flatMap(Cluster::version).ifPresent(master -> shard.replicas().stream()
                    .flatMap(replica -> cluster.node(replica.id()).stream())
                    .forEach(replica -> older(replica, master, report)));
        }
    }

    private static void older(NodeFacts replica, ServerVersion master, Report report) {
        Cluster.version(replica)
                .filter(own -> own.product().equals(master.product()) && own.isBefore(master.number()))
                .ifPresent(own -> report.error(
                        replica,
                        "it runs " + own + " and its master " + master + ": it may be unable to read the data"));
    }
}
