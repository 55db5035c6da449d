package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** What the checks derive from the facts: which nodes answered, which belong together, and their shards. */
final class Cluster {

    private static final Set<String> DOWN = Set.of("fail", "fail?", "noaddr", "handshake");

    private final ClusterFacts facts;
    private final List<NodeFacts> nodes;
    private final Map<String, NodeFacts> byId = new HashMap<>();
    private final List<NodeLine> map;

    /** A master with slots, and its replicas. */
    record Shard(NodeLine master, List<NodeLine> replicas) {
        String subject() {
            return "shard " + String.join(" ", ranges(master));
        }

        Stream<NodeLine> copies() {
            return Stream.concat(Stream.of(master), replicas.stream());
        }
    }

    Cluster(ClusterFacts facts) {
        this.facts = facts;
        this.nodes = facts.nodes().stream().filter(node -> !isUnreachable(node)).toList();
        nodes.forEach(node -> self(node).ifPresent(self -> byId.putIfAbsent(self.id(), node)));
        this.map = byId.entrySet().stream()
                .max(Comparator.<Map.Entry<String, NodeFacts>>comparingLong(entry -> sightings(entry.getKey()))
                        .thenComparing(entry -> view(entry.getValue()).size())
                        .thenComparing(Map.Entry::getKey))
                .map(entry -> view(entry.getValue()))
                .orElse(List.of());
    }

    private long sightings(String id) {
        return nodes.stream().filter(node -> line(view(node), id).isPresent()).count();
    }

    /** The nodes that answered, or whose configuration was read from a file. */
    List<NodeFacts> nodes() {
        return nodes;
    }

    List<NodeFacts> unreachable() {
        return facts.nodes().stream().filter(Cluster::isUnreachable).toList();
    }

    Instant readAt() {
        return facts.readAt();
    }

    Optional<ServiceFacts> service() {
        return Optional.ofNullable(facts.service().value());
    }

    /** {@code CLUSTER NODES} as the node sees it that most other nodes know. */
    List<NodeLine> map() {
        return map;
    }

    Optional<NodeFacts> node(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Whether the nodes have met: a single node without others is formed. */
    boolean isFormed() {
        return map.size() > 1 || byId.size() == 1;
    }

    boolean isMember(NodeFacts node) {
        return self(node).flatMap(self -> line(map, self.id())).isPresent();
    }

    List<Shard> shards() {
        return map.stream()
                .filter(line -> line.flags().contains("master") && !ranges(line).isEmpty())
                .map(master -> new Shard(
                        master,
                        map.stream()
                                .filter(line -> line.masterId().equals(master.id()))
                                .toList()))
                .toList();
    }

    /** The masters with slots that answered. */
    List<NodeFacts> masters() {
        return shards().stream()
                .flatMap(shard -> node(shard.master().id()).stream())
                .toList();
    }

    /** A machine, by the address that its nodes announce. */
    record Host(String name, List<NodeFacts> nodes) {

        String subject() {
            return Report.subject(nodes.get(0));
        }

        /** Its memory in bytes; 0 if unknown. */
        double memory() {
            return nodes.stream()
                    .mapToDouble(node -> info(node).number("total_system_memory", 0))
                    .max()
                    .orElse(0);
        }

        DoubleStream each(Function<NodeFacts, Fields> fields, String name) {
            return nodes.stream().mapToDouble(node -> fields.apply(node).number(name, 0));
        }
    }

    List<Host> hosts() {
        return nodes.stream().collect(Collectors.groupingBy(Cluster::host)).entrySet().stream()
                .map(entry -> new Host(entry.getKey(), entry.getValue()))
                .toList();
    }

    static String host(NodeFacts node) {
        return self(node)
                .map(NodeLine::host)
                .filter(host -> !host.isEmpty())
                .orElse(node.address().host());
    }

    /** Visits the nodes for which this was read, and reports for the others why it is unknown. A file has no answers. */
    <T> void each(Function<NodeFacts, Reading<T>> reading, Report report, BiConsumer<NodeFacts, T> visit) {
        for (NodeFacts node : nodes) {
            T value = reading.apply(node).value();
            if (value != null) {
                visit.accept(node, value);
            } else if (!isSilent(node)) {
                report.unknown(node, reading.apply(node).reason());
            }
        }
    }

    /** Reports for each node of a cluster why its view is unknown. */
    void reportUnknownViews(Report report) {
        nodes.stream()
                .filter(node -> !node.view().isKnown() && !isSilent(node) && !isSingle(node))
                .forEach(node -> report.unknown(node, node.view().reason()));
    }

    /** As {@link #each}. */
    void eachConfig(Report report, BiConsumer<NodeFacts, Fields> visit) {
        each(NodeFacts::config, report, (node, config) -> visit.accept(node, new Fields(config)));
    }

    /** As {@link #each}. */
    void eachInfo(Report report, BiConsumer<NodeFacts, Fields> visit) {
        each(NodeFacts::info, report, (node, info) -> visit.accept(node, new Fields(info)));
    }

    private static boolean isUnreachable(NodeFacts node) {
        return isSilent(node) && !node.config().isKnown();
    }

    /** Whether it gave no answer. If its configuration is known, that was read from a file. */
    private static boolean isSilent(NodeFacts node) {
        return Stream.of(node.info(), node.view(), node.pingMicros()).noneMatch(Reading::isKnown);
    }

    static boolean isSingle(NodeFacts node) {
        return info(node).has("cluster_enabled", "0") || config(node).has("cluster-enabled", "no");
    }

    static Fields config(NodeFacts node) {
        return new Fields(node.config().orElse(Map.of()));
    }

    static Fields info(NodeFacts node) {
        return new Fields(node.info().orElse(Map.of()));
    }

    static Optional<ServerVersion> version(NodeFacts node) {
        return ServerVersion.of(info(node));
    }

    static boolean hasFeaturesOf(String redis, NodeFacts node) {
        return version(node).filter(version -> version.hasFeaturesOf(redis)).isPresent();
    }

    static List<NodeLine> view(NodeFacts node) {
        return node.view().orElse(List.of());
    }

    static Optional<NodeLine> self(NodeFacts node) {
        return view(node).stream()
                .filter(line -> line.flags().contains("myself"))
                .findFirst();
    }

    static Optional<NodeLine> line(List<NodeLine> view, String id) {
        return view.stream().filter(line -> line.id().equals(id)).findFirst();
    }

    static boolean isDown(NodeLine line) {
        return line.flags().stream().anyMatch(DOWN::contains);
    }

    /** Without slots that are moving. */
    static List<String> ranges(NodeLine line) {
        return line.slots().stream().filter(range -> !range.startsWith("[")).toList();
    }
}
