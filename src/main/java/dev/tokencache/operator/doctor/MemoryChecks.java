package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Memory, eviction, persistence and replication buffers. */
final class MemoryChecks {

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
                Checks.of("TC310", LoadChecks::hotNode));
    }

    private static void maxMemory(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (config.number("maxmemory", 0) == 0) {
                report.warn(node, "maxmemory 0");
            }
        });
        for (Map.Entry<String, List<NodeFacts>> host : cluster.byHost().entrySet()) {
            double machine = machine(host.getValue());
            double limits = host.getValue().stream()
                    .mapToDouble(node -> Cluster.config(node).number("maxmemory", 0))
                    .sum();
            if (machine > 0 && limits > MAX_SHARE_OF_MACHINE * machine) {
                String evidence = "maxmemory is %.0f %% of the memory of %s (%s)"
                        .formatted(100 * limits / machine, host.getKey(), megabytes(machine));
                report.add(Status.WARN, Report.subject(host.getValue().get(0)), evidence);
            }
        }
    }

    /** The memory of a machine, in bytes; 0 if unknown. */
    static double machine(List<NodeFacts> nodes) {
        return nodes.stream()
                .mapToDouble(node -> Cluster.info(node).number("total_system_memory", 0))
                .max()
                .orElse(0);
    }

    static String megabytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f MB", bytes / (1 << 20));
    }

    private static void persistence(Cluster cluster, Report report) {
        cluster.eachConfig(report, (node, config) -> {
            if (!config.has("appendonly", "no")) {
                return;
            }
            boolean isSupervised = !config.text("supervised").isEmpty() && !config.has("supervised", "no")
                    || Cluster.info(node).text("process_supervised").matches("systemd|upstart");
            String how = config.text("save").isEmpty() ? "no AOF and no snapshots" : "no AOF, only snapshots";
            if (isSupervised) {
                report.error(node, how + ", and a supervisor restarts it");
            } else {
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
            if (info.has("aof_last_write_status", "err")) {
                report.error(node, "aof_last_write_status err: it refuses writes");
            }
            if (info.has("rdb_last_bgsave_status", "err")) {
                Fields config = Cluster.config(node);
                boolean isRefusing = config.has("stop-writes-on-bgsave-error", "yes")
                        && !config.text("save").isEmpty();
                report.add(
                        isRefusing ? Status.ERROR : Status.WARN,
                        Report.subject(node),
                        "rdb_last_bgsave_status err" + (isRefusing ? ": it refuses writes" : ""));
            }
            if (info.has("aof_last_bgrewrite_status", "err")) {
                report.warn(node, "aof_last_bgrewrite_status err");
            }
        });
    }

    private static void backlog(Cluster cluster, Report report) {
        cluster.eachInfo(report, (node, info) -> {
            double size = info.number("repl_backlog_size", 0);
            double rate = writesPerSecond(info);
            if (info.has("role", "master") && info.number("connected_slaves", 0) > 0 && size < BACKLOG_SECONDS * rate) {
                report.warn(
                        node, "the backlog of %s holds %.0f s of its writes".formatted(megabytes(size), size / rate));
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
            boolean isRaised =
                    Cluster.version(node).filter(it -> it.hasFeaturesOf("7.0")).isPresent();
            if (limit > 0 && limit < backlog && !isRaised) {
                report.warn(
                        node,
                        "a replica may fall behind by %s, the backlog is %s"
                                .formatted(megabytes(limit), megabytes(backlog)));
            }
        });
        counted(cluster, report, Status.WARN, "client_output_buffer_limit_disconnections");
    }

    /** A counter of {@code INFO} that should be 0. */
    static void counted(Cluster cluster, Report report, Status status, String name) {
        cluster.eachInfo(report, (node, info) -> {
            double count = info.number(name, 0);
            if (count > 0) {
                report.add(status, Report.subject(node), name + " %.0f since it started".formatted(count));
            }
        });
    }

    /** Of {@code normal 0 0 0 slave 268435456 67108864 60 pubsub …}; 0 for none. */
    private static double hardLimitOfReplicas(Fields config) {
        List<String> words = List.of(config.text("client-output-buffer-limit").split(" "));
        int start = Math.max(words.indexOf("slave"), words.indexOf("replica"));
        return start < 0 || start + 1 >= words.size() ? 0 : Fields.amount(words.get(start + 1), 0);
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
                        report.warn(
                                node,
                                "a subject has " + samples.mostTokensOfASubject() + " tokens; max-per-subject is "
                                        + service.maxPerSubject());
                    }
                }));
    }
}
