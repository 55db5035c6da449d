package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Cluster.Shard;
import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Whether the cluster survives the loss of a node or a machine, and whether its nodes reach each other. */
final class TopologyChecks {

    private static final int MIN_MASTERS = 3;
    private static final double MAX_NODE_TIMEOUT = 2000;
    private static final double MIN_NODE_TIMEOUT = 1000;
    private static final double MAX_IMBALANCE = 0.2;

    /** Below, an imbalance of memory has no effect. */
    private static final double MIN_MEMORY = 256 << 20;

    private TopologyChecks() {}

    static List<Check> all() {
        return List.of(
                Checks.ofMap("TC201", TopologyChecks::replicas),
                Checks.ofMap("TC202", TopologyChecks::spreadOfShards),
                Checks.ofMap("TC203", TopologyChecks::spreadOfMasters),
                Checks.of("TC204", TopologyChecks::masters),
                Checks.of("TC205", TopologyChecks::nodeTimeout),
                Checks.settings("TC206", Status.ERROR, Map.of("cluster-require-full-coverage", "yes")),
                Checks.settings(
                        "TC207",
                        Status.ERROR,
                        Map.of("cluster-replica-validity-factor", "0", "cluster-replica-no-failover", "yes")),
                Checks.ofMap("TC208", SlotChecks::check),
                Checks.of("TC209", TopologyChecks::bus),
                Checks.of("TC210", TopologyChecks::reachable),
                Checks.ofMap("TC211", TopologyChecks::balance),
                Checks.of("TC212", TopologyChecks::membership));
    }

    private static void replicas(Cluster cluster, Report report) {
        for (Shard shard : cluster.shards()) {
            if (shard.replicas().stream().noneMatch(replica -> canTakeOver(cluster, replica))) {
                int replicas = shard.replicas().size();
                report.add(Status.ERROR, shard.subject(), "%d replicas, none of them up and in sync", replicas);
            }
        }
    }

    private static boolean canTakeOver(Cluster cluster, NodeLine replica) {
        return !Cluster.isDown(replica)
                && cluster.node(replica.id()).stream()
                        .noneMatch(it -> Cluster.info(it).has("master_link_status", "down"));
    }

    private static void spreadOfShards(Cluster cluster, Report report) {
        long zones = cluster.map().stream()
                .map(line -> zone(cluster, line))
                .distinct()
                .count();
        for (Shard shard : cluster.shards()) {
            if (shard.replicas().isEmpty()) {
                continue;
            }
            Set<String> hosts = shard.copies().map(NodeLine::host).collect(Collectors.toSet());
            Set<String> own = shard.copies().map(line -> zone(cluster, line)).collect(Collectors.toSet());
            if (hosts.size() == 1) {
                report.warn(shard.subject(), "on " + String.join("", hosts));
            } else if (zones > 1 && own.size() == 1 && !own.contains("")) {
                report.warn(shard.subject(), "in the zone " + String.join("", own));
            }
        }
    }

    /** Empty if unknown. Only Valkey has it. */
    private static String zone(Cluster cluster, NodeLine line) {
        return cluster.node(line.id())
                .map(node -> Cluster.config(node).text("availability-zone"))
                .orElse("");
    }

    private static void spreadOfMasters(Cluster cluster, Report report) {
        List<Shard> shards = cluster.shards();
        Map<String, Long> masters = shards.stream()
                .collect(Collectors.groupingBy(shard -> shard.master().host(), Collectors.counting()));
        masters.forEach((host, count) -> {
            if (shards.size() >= MIN_MASTERS && count > shards.size() / 2) {
                String evidence = count + " of " + shards.size() + " masters are on " + host;
                report.add(Status.WARN, Report.CLUSTER, evidence);
            }
        });
    }

    private static void masters(Cluster cluster, Report report) {
        List<NodeFacts> single =
                cluster.nodes().stream().filter(Cluster::isSingle).toList();
        single.forEach(node -> report.warn(node, "cluster-enabled no"));
        if (cluster.map().isEmpty()) {
            cluster.reportUnknownViews(report);
        }
        int masters = cluster.shards().size();
        if (!cluster.map().isEmpty() && single.isEmpty() && masters < MIN_MASTERS) {
            String evidence = cluster.isFormed() ? masters + " masters have slots" : "the nodes do not know each other";
            report.add(Status.ERROR, Report.CLUSTER, evidence);
        }
    }

    private static void nodeTimeout(Cluster cluster, Report report) {
        TreeSet<Integer> timeouts = new TreeSet<>();
        cluster.eachConfig(report, (node, config) -> {
            if (!Cluster.isSingle(node)) {
                timeouts.add((int) config.number("cluster-node-timeout", 0));
            }
        });
        timeouts.remove(0);
        if (timeouts.size() > 1 || timeouts.stream().anyMatch(it -> it > MAX_NODE_TIMEOUT || it < MIN_NODE_TIMEOUT)) {
            String values = timeouts.stream().map(Object::toString).collect(Collectors.joining(" and "));
            report.add(Status.WARN, Report.CLUSTER, "cluster-node-timeout is " + values + " ms");
        }
    }

    /** Another node does not hear a node that answers here. */
    private static void bus(Cluster cluster, Report report) {
        for (NodeFacts node : cluster.nodes()) {
            String silent = Cluster.view(node).stream()
                    .filter(line -> !line.flags().contains("myself"))
                    .filter(line -> !line.isLinkUp() || line.flags().contains("fail?"))
                    .filter(line ->
                            cluster.node(line.id()).filter(cluster::isMember).isPresent())
                    .map(line -> line.host() + ":" + line.busPort())
                    .collect(Collectors.joining(", "));
            if (!silent.isEmpty()) {
                report.error(node, "its cluster bus has no connection to " + silent);
            }
        }
    }

    private static void reachable(Cluster cluster, Report report) {
        for (NodeFacts node : cluster.unreachable()) {
            boolean isUpForOthers = cluster.map().stream()
                    .filter(line -> line.host().equals(node.address().host())
                            && line.port() == node.address().port())
                    .anyMatch(line -> line.isLinkUp() && !Cluster.isDown(line));
            String suffix = isUpForOthers ? "; the other nodes reach it at that address" : "";
            report.error(node, node.info().reason() + suffix);
        }
    }

    private static void balance(Cluster cluster, Report report) {
        List<Shard> shards = cluster.shards();
        ToDoubleFunction<Shard> slots =
                shard -> SlotChecks.slots(shard.master()).count();
        uneven(shards, slots, "%.0f slots", 1, report);
        ToDoubleFunction<Shard> memory = shard -> cluster.node(shard.master().id())
                .map(node -> Cluster.info(node).number("used_memory", 0))
                .orElse(0.0);
        if (average(shards, memory) > MIN_MEMORY) {
            uneven(shards, memory, "%.0f MB of memory", MemoryChecks.MEGABYTE, report);
        }
    }

    /** Reports the shard that is furthest from the average, if that is too far. */
    private static void uneven(
            List<Shard> shards, ToDoubleFunction<Shard> value, String what, double unit, Report report) {
        double average = average(shards, value);
        ToDoubleFunction<Shard> distance = shard -> Math.abs(value.applyAsDouble(shard) - average);
        shards.stream()
                .filter(shard -> distance.applyAsDouble(shard) > MAX_IMBALANCE * average)
                .max(Comparator.comparingDouble(distance))
                .ifPresent(shard -> report.warn(
                        shard.subject(), what + ", over 20 %% off the average", value.applyAsDouble(shard) / unit));
    }

    private static double average(List<Shard> shards, ToDoubleFunction<Shard> value) {
        return shards.stream().mapToDouble(value).average().orElse(0);
    }

    private static void membership(Cluster cluster, Report report) {
        if (cluster.isFormed()) {
            cluster.nodes().stream()
                    .filter(node -> Cluster.self(node).isPresent() && !cluster.isMember(node))
                    .forEach(node -> report.error(node, "the other nodes do not know the node that answers there"));
        }
    }
}
