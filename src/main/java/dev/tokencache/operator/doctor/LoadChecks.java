package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Cluster.Host;
import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.NodeFacts.SlowCommand;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Connections, the operating system, latency and memory in use. */
final class LoadChecks {

    private static final int HEADROOM = 3;

    /** Linux' default of {@code net.core.somaxconn} since 5.4. */
    private static final double DEFAULT_SOMAXCONN = 4096;

    /** A fork takes 10 to 20 ms per GB without transparent huge pages. */
    private static final double MAX_FORK_MICROS_PER_GB = 100_000;

    private static final double GB = 1 << 30;
    private static final double MIN_MEMORY = 256 << 20;
    private static final long MAX_PING_MICROS = 50_000;
    private static final long MAX_EVENT_MILLIS = 100;
    private static final long MAX_COMMAND_MICROS = 10_000;
    private static final double MIN_LOAD = 1000;

    private LoadChecks() {}

    static List<Check> all() {
        return List.of(
                Checks.of("TC401", LoadChecks::clients),
                Checks.of("TC402", LoadChecks::kernel),
                Checks.of("TC404", LoadChecks::latency),
                Checks.of("TC405", LoadChecks::freeMemory));
    }

    private static void clients(Cluster cluster, Report report) {
        int ours = cluster.service().map(ServiceFacts::connectionsPerNode).orElse(0);
        cluster.eachConfig(report, (node, config) -> {
            double max = config.number("maxclients", 0);
            double free = max - Cluster.info(node).number("connected_clients", 0);
            if (max > 0 && free < HEADROOM * ours) {
                report.warn(node, "%.0f of maxclients %.0f are free; all instances need up to %d", free, max, ours);
            }
        });
        MemoryChecks.counted(cluster, report, Status.WARN, "rejected_connections");
    }

    /** Redis does not report settings of the kernel. Unknown only where its own values suggest a problem. */
    private static void kernel(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (config.has("disable-thp", "no")) {
                report.warn(node, "disable-thp no");
            }
            if (config.number("tcp-backlog", 0) > DEFAULT_SOMAXCONN) {
                report.unknown(node, "tcp-backlog is above 4096, and Redis does not report net.core.somaxconn");
            }
            Fields info = Cluster.info(node);
            double perGb = info.number("latest_fork_usec", 0) / Math.max(1, info.number("used_memory_rss", 0) / GB);
            if (config.text("disable-thp").isEmpty() && perGb > MAX_FORK_MICROS_PER_GB) {
                String evidence = "a fork takes %.0f ms per GB: huge pages may be on, which Redis does not report";
                report.unknown(node, evidence, perGb / 1000);
            }
        });
    }

    private static void latency(Cluster cluster, Report report) {
        cluster.each(NodeFacts::pingMicros, report, (node, pings) -> {
            long p99 = pings.isEmpty() ? 0 : pings.get((int) Math.ceil(0.99 * pings.size()) - 1);
            if (p99 > MAX_PING_MICROS) {
                report.warn(node, "99 %% of PING take up to %d ms", p99 / 1000);
            }
        });
        cluster.each(NodeFacts::latency, report, (node, events) -> {
            String slow = events.entrySet().stream()
                    .filter(event -> event.getValue() >= MAX_EVENT_MILLIS)
                    .map(event -> event.getKey() + " " + event.getValue() + " ms")
                    .sorted()
                    .collect(Collectors.joining(", "));
            if (!slow.isEmpty()) {
                report.warn(node, "LATENCY LATEST: " + slow);
            }
        });
        cluster.each(NodeFacts::slowLog, report, (node, commands) -> {
            List<SlowCommand> slow = commands.stream()
                    .filter(command -> command.micros() > MAX_COMMAND_MICROS)
                    .sorted(Comparator.comparingLong(SlowCommand::micros).reversed())
                    .toList();
            if (!slow.isEmpty()) {
                String evidence = "the slow log has %d commands over 10 ms; the slowest, %s, took %d ms";
                report.warn(
                        node,
                        evidence,
                        slow.size(),
                        slow.get(0).name(),
                        slow.get(0).micros() / 1000);
            }
        });
    }

    /** More than twice the average load. One master of three that serves everything has three times the average. */
    static void hotNode(Cluster cluster, Report report) {
        List<NodeFacts> masters = cluster.masters();
        double average =
                masters.stream().mapToDouble(LoadChecks::load).average().orElse(0);
        String evidence = "%.0f commands per second; the average of the masters is %.0f";
        masters.stream()
                .filter(node -> average >= MIN_LOAD && load(node) > 2 * average)
                .forEach(node -> report.warn(node, evidence, load(node), average));
    }

    private static double load(NodeFacts node) {
        return Cluster.info(node).number("instantaneous_ops_per_sec", 0);
    }

    private static void freeMemory(Cluster cluster, Report report) {
        cluster.eachInfo(report, (node, info) -> {
            double used = info.number("used_memory", 0);
            double resident = info.number("used_memory_rss", used);
            if (used > MIN_MEMORY && resident < 0.9 * used) {
                String evidence = "only %.0f MB of its %.0f MB are in memory: the rest is swapped out";
                report.warn(node, evidence, resident / MemoryChecks.MEGABYTE, used / MemoryChecks.MEGABYTE);
            }
        });
        for (Host host : cluster.hosts()) {
            double resident = host.each(Cluster::info, "used_memory_rss").sum();
            double largest = host.each(Cluster::info, "used_memory_rss").max().orElse(0);
            if (host.memory() > 0 && resident + largest > host.memory()) {
                report.warn(
                        host.subject(),
                        "Redis uses %.0f MB of %.0f MB on %s: a fork may find no memory",
                        resident / MemoryChecks.MEGABYTE,
                        host.memory() / MemoryChecks.MEGABYTE,
                        host.name());
            }
        }
    }
}
