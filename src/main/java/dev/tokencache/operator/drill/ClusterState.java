package dev.tokencache.operator.drill;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.topology.ClusterNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The nodes of a cluster at one moment, as one of them lists them, with what each reports of itself.
 *
 * @param hasOpenSlots whether a slot is being moved between two nodes
 */
public record ClusterState(List<Node> nodes, boolean hasOpenSlots) {

    private static final long MAX_LAG_BYTES = 1 << 20;

    /** @param info the fields of {@code INFO}; empty if the node does not reply */
    public record Node(ClusterNode line, Endpoint address, Map<String, String> info) {

        public String id() {
            return line.id();
        }

        public boolean isMaster() {
            return line.flags().contains("master");
        }

        boolean isReachable() {
            return !info.isEmpty();
        }

        boolean isFailed() {
            return line.flags().stream().anyMatch(flag -> flag.startsWith("fail") || flag.equals("noaddr"));
        }

        /** Valkey also reports the version of Redis that it is compatible with. */
        public String version() {
            return info.getOrDefault("valkey_version", info.getOrDefault("redis_version", "unknown"));
        }

        long offset() {
            return Long.parseLong(info.getOrDefault(isMaster() ? "master_repl_offset" : "slave_repl_offset", "-1"));
        }

        /** Why this replica does not have all data of its master; empty if it does. */
        Optional<String> gap(Node master) {
            if (!isReachable()) {
                return Optional.of(this + " does not reply");
            }
            if (!"up".equals(info.get("master_link_status")) || !"0".equals(info.get("master_sync_in_progress"))) {
                return Optional.of(this + " is not in sync with its master");
            }
            long lag = master.offset() - offset();
            return lag > MAX_LAG_BYTES
                    ? Optional.of(this + " is " + lag + " bytes behind its master")
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return address.toString();
        }
    }

    /** @param index from 0, by the first slot at the start of a drill */
    public record Shard(int index, Node master, List<Node> replicas) {

        /** Its slots. */
        public String name() {
            return master.line().slots().stream()
                    .map(range -> range[0] == range[1] ? "" + range[0] : range[0] + "-" + range[1])
                    .collect(Collectors.joining(","));
        }

        boolean has(Endpoint address) {
            return master.address().equals(address)
                    || replicas.stream().anyMatch(node -> node.address().equals(address));
        }
    }

    /** Reads the state from the first of these nodes that replies. Throws {@link Nodes.Failure} if none does. */
    public static ClusterState read(Nodes nodes, List<Endpoint> seeds) {
        ClusterState seen = view(nodes, seeds);
        return new ClusterState(
                seen.nodes().stream()
                        .map(node -> new Node(node.line(), node.address(), info(nodes, node.address())))
                        .toList(),
                seen.hasOpenSlots());
    }

    /** As {@link #read}, without what each node reports of itself. */
    static ClusterState view(Nodes nodes, List<Endpoint> seeds) {
        Nodes.Failure last = new Nodes.Failure("no node of the cluster is known");
        for (Endpoint seed : seeds) {
            try {
                return parse(seed, nodes.text(seed, "CLUSTER", "NODES"));
            } catch (Nodes.Failure failure) {
                last = new Nodes.Failure(seed + ": " + failure.getMessage());
            }
        }
        throw last;
    }

    private static ClusterState parse(Endpoint seed, String lines) {
        return new ClusterState(
                ClusterNode.parse(lines).stream()
                        .filter(line -> line.port() > 0 && !line.flags().contains("handshake"))
                        .map(line -> new Node(
                                line,
                                new Endpoint(line.host().isEmpty() ? seed.host() : line.host(), line.port()),
                                Map.of()))
                        .toList(),
                lines.contains(" ["));
    }

    static Map<String, String> info(Nodes nodes, Endpoint node) {
        try {
            return nodes.text(node, "INFO")
                    .lines()
                    .map(line -> line.split(":", 2))
                    .filter(field -> field.length == 2)
                    .collect(Collectors.toMap(field -> field[0], field -> field[1].trim(), (first, second) -> first));
        } catch (Nodes.Failure unreachable) {
            return Map.of();
        }
    }

    /** The masters that have slots, with their replicas, ordered by slot. */
    public List<Shard> shards() {
        List<Node> masters = nodes.stream()
                .filter(node -> node.isMaster() && !node.line().slots().isEmpty() && !node.isFailed())
                .sorted(Comparator.comparingInt(node -> node.line().slots().get(0)[0]))
                .toList();
        return IntStream.range(0, masters.size())
                .mapToObj(i ->
                        new Shard(i, masters.get(i), replicasOf(masters.get(i).id())))
                .toList();
    }

    List<Node> replicasOf(String masterId) {
        return nodes.stream()
                .filter(node -> node.line().masterId().equals(masterId))
                .toList();
    }

    public Optional<Node> node(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
    }

    public List<Endpoint> addresses() {
        return nodes.stream().map(Node::address).toList();
    }

    /** The master that serves a slot. */
    Optional<Node> owner(int slot) {
        return shards().stream()
                .map(Shard::master)
                .filter(master -> serves(master, slot))
                .findFirst();
    }

    private static boolean serves(Node master, int slot) {
        return master.line().slots().stream().anyMatch(range -> range[0] <= slot && slot <= range[1]);
    }

    /** The index of the shard of each slot; -1 without one. */
    public int[] shardOfSlots() {
        int[] shards = new int[HashSlot.COUNT];
        Arrays.fill(shards, -1);
        for (Shard shard : shards()) {
            shard.master().line().slots().forEach(range -> Arrays.fill(shards, range[0], range[1] + 1, shard.index()));
        }
        return shards;
    }
}
