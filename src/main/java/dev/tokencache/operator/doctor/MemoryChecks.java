package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Cluster.Host;
import dev.tokencache.operator.doctor.Finding.Status;
import java.util.List;
import java.util.Map;

/** Memory, eviction, persistence and replication buffers. */
final class MemoryChecks {

    static final double MEGABYTE = 1 << 20;

    private static final double MAX_SHARE_OF_MACHINE = 0.6;
    private static final int BACKLOG_SECONDS = 60;

    /** In seconds. The first writes of a node are no average. */
    private static final double MIN_UPTIME = 3600;

    private MemoryChecks() {}

    static List<Check> all() {
        return List.of(
                Checks.of("TC301", MemoryChecks::maxMemory),
                Checks.settings("TC302", Status.ERROR, Map.of("maxmemory-policy", "allkeys-.*|volatile-random")),
                Checks.of("TC303", (cluster, report) -> counted(cluster, report, Status.ERROR, "evicted_keys")),
                Checks.of("TC304", MemoryChecks::persistence),
                Checks.of("TC305", MemoryChecks::durability),
                Checks.of("TC306", MemoryChecks::backlog),
                Checks.of("TC307", MemoryChecks::outputBuffer),
                Checks.of("TC308", MemoryChecks::withoutTtl),
                Checks.of("TC309", MemoryChecks::tokensOfASubject),
                Checks.of("TC310", LoadChecks::hotNode),
                Checks.of("TC311", AofRights::check));
    }

    private static void maxMemory(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (config.number("maxmemory", 0) == 0) {
                report.warn(node, "maxmemory 0");
            }
        });
        for (Host host : cluster.hosts()) {
            double share = host.each(Cluster::config, "maxmemory").sum() / host.memory();
            if (host.memory() > 0 && share > MAX_SHARE_OF_MACHINE) {
                report.warn(
                        host.subject(),
                        "maxmemory is %.0f %% of the memory of %s (%.0f MB)",
                        100 * share,
                        host.name(),
                        host.memory() / MEGABYTE);
            }
        }
    }

    private static void persistence(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            boolean isSupervised = config.text("supervised").matches("systemd|upstart|auto")
                    || Cluster.info(node).text("process_supervised").matches("systemd|upstart");
            String how = config.text("save").isEmpty() ? "no AOF and no snapshots" : "no AOF, only snapshots";
            if (config.has("appendonly", "no") && isSupervised) {
                report.error(node, how + ", and a supervisor restarts it");
            } else if (config.has("appendonly", "no")) {
                report.warn(node, how);
            }
        });
    }

    private static void durability(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (config.has("appendonly", "yes") && config.has("appendfsync", "no")) {
                report.warn(node, "appendfsync no");
            }
        });
        cluster.eachInfo(report, (node, info) -> {
            Fields config = Cluster.config(node);
            boolean stopsWrites = config.has("stop-writes-on-bgsave-error", "yes")
                    && !config.text("save").isEmpty();
            failed(node, info, "aof_last_write_status", true, report);
            failed(node, info, "rdb_last_bgsave_status", stopsWrites, report);
            failed(node, info, "aof_last_bgrewrite_status", false, report);
        });
    }

    private static void failed(NodeFacts node, Fields info, String name, boolean isRefusing, Report report) {
        if (info.has(name, "err") && isRefusing) {
            report.error(node, name + " err: it refuses writes");
        } else if (info.has(name, "err")) {
            report.warn(node, name + " err");
        }
    }

    private static void backlog(Cluster cluster, Report report) {
        cluster.eachInfo(report, (node, info) -> {
            double size = info.number("repl_backlog_size", 0);
            double rate = writesPerSecond(info);
            if (info.has("role", "master") && info.number("connected_slaves", 0) > 0 && size < BACKLOG_SECONDS * rate) {
                report.warn(node, "the backlog of %.0f MB holds %.0f s of its writes", size / MEGABYTE, size / rate);
            }
        });
    }

    /** In bytes, now or on average. The offset counts the writes of earlier masters too, the input all commands. */
    private static double writesPerSecond(Fields info) {
        double written = info.number("master_repl_offset", 0);
        double received = info.number("total_net_input_bytes", written);
        double average = Math.min(written, received) / Math.max(MIN_UPTIME, info.number("uptime_in_seconds", 0));
        double replicas = Math.max(1, info.number("connected_slaves", 0));
        return Math.max(average, info.number("instantaneous_output_repl_kbps", 0) * 1024 / replicas);
    }

    private static void outputBuffer(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            double limit = hardLimitOfReplicas(config);
            double backlog = config.number("repl-backlog-size", 0);
            // Redis 7 raises the limit to the size of the backlog.
            if (limit > 0 && limit < backlog && !Cluster.hasFeaturesOf("7.0", node)) {
                report.warn(
                        node,
                        "a replica may fall behind by %.0f MB, the backlog is %.0f MB",
                        limit / MEGABYTE,
                        backlog / MEGABYTE);
            }
        });
        counted(cluster, report, Status.WARN, "client_output_buffer_limit_disconnections");
    }

    /** A counter of {@code INFO} that should be 0. */
    static void counted(Cluster cluster, Report report, Status status, String name) {
        cluster.eachInfo(report, (node, info) -> {
            if (info.number(name, 0) > 0) {
                report.add(status, Report.subject(node), "%s %.0f since it started", name, info.number(name, 0));
            }
        });
    }

    /** Of {@code normal 0 0 0 slave 268435456 67108864 60 pubsub …}; 0 for none. */
    private static double hardLimitOfReplicas(Fields config) {
        String limits = config.text("client-output-buffer-limit");
        return Fields.amount(limits.replaceFirst("^.*?(slave|replica) (\\S+).*$", "$2"), 0);
    }

    private static void withoutTtl(Cluster cluster, Report report) {
        cluster.each(NodeFacts::samples, report, (node, samples) -> {
            if (samples.withoutTtl() > 0) {
                report.warn(node, samples.withoutTtl() + " of " + samples.keys() + " sampled keys never expire");
            }
        });
    }

    private static void tokensOfASubject(Cluster cluster, Report report) {
        cluster.service()
                .ifPresent(service -> cluster.each(NodeFacts::samples, report, (node, samples) -> {
                    if (samples.mostTokensOfASubject() > service.maxPerSubject()) {
                        String evidence = "a subject has %d tokens; max-per-subject is %d";
                        report.warn(node, evidence, samples.mostTokensOfASubject(), service.maxPerSubject());
                    }
                }));
    }
}
