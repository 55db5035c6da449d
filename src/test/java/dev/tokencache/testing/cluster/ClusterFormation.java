package dev.tokencache.testing.cluster;

import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.redis.topology.ClusterNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Forms a cluster of servers, like {@code redis-cli --cluster create} but faster.
 *
 * <p>A master waits two seconds after its start before it serves its slots ({@code CLUSTER_WRITABLE_DELAY} in
 * {@code cluster.c}). All other steps finish within that time.
 */
final class ClusterFormation {

    private static final int SLOTS = 16_384;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** A node gives up a handshake after its node timeout. */
    private static final Duration MEETING = Duration.ofSeconds(3);

    private static final Set<String> UNHEALTHY = Set.of("fail", "fail?", "handshake", "noaddr");

    private ClusterFormation() {}

    /** Makes the first nodes masters and the others their replicas in turn, and waits until the cluster is healthy. */
    static void form(List<RedisNode> nodes, int masters) {
        for (int i = 0; i < nodes.size(); i++) {
            try (NodeClient client = nodes.get(i).connect()) {
                // Distinct epochs avoid collisions, each of which would cost a second.
                client.send("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
                if (i < masters) {
                    client.send(addSlots(SLOTS * i / masters, SLOTS * (i + 1) / masters));
                }
            }
        }
        introduce(nodes);
        for (int i = masters; i < nodes.size(); i++) {
            replicate(nodes.get(i), nodes.get((i - masters) % masters));
        }
        awaitHealthy(nodes);
    }

    private static String[] addSlots(int first, int end) {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        for (int slot = first; slot < end; slot++) {
            command.add(Integer.toString(slot));
        }
        return command.toArray(String[]::new);
    }

    /** Introduces every node to every other: gossip alone would take seconds. */
    private static void introduce(List<RedisNode> nodes) {
        Await.until(
                TIMEOUT,
                () -> holds(() -> meet(nodes)) && Await.isSoon(MEETING, () -> holds(() -> know(nodes))),
                () -> "the nodes do not know each other");
    }

    private static boolean meet(List<RedisNode> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            try (NodeClient client = nodes.get(i).connect()) {
                for (RedisNode other : nodes.subList(i + 1, nodes.size())) {
                    client.send("CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()));
                }
            }
        }
        return true;
    }

    private static boolean know(List<RedisNode> nodes) {
        return nodes.stream().allMatch(node -> isHealthy(view(node), nodes.size()));
    }

    private static void replicate(RedisNode replica, RedisNode master) {
        String masterId = view(master).stream()
                .filter(ClusterNode::isMyself)
                .findFirst()
                .orElseThrow()
                .id();
        try (NodeClient client = replica.connect()) {
            client.send("CLUSTER", "REPLICATE", masterId);
        }
    }

    /** Waits until all nodes are up, agree with each other and cover all slots, and all replicas are up to date. */
    static void awaitHealthy(List<RedisNode> nodes) {
        Await.until(
                TIMEOUT,
                // In this order: a node that has become a replica still needs its master's data.
                () -> holds(() -> agree(nodes) && nodes.stream().allMatch(ClusterFormation::isReady)),
                () -> "the cluster does not become healthy: "
                        + nodes.stream().map(ClusterFormation::diagnosis).toList());
    }

    private static String diagnosis(RedisNode node) {
        String view;
        try (NodeClient client = node.connect()) {
            view = client.send("CLUSTER", "NODES")
                    + client.send("CLUSTER", "INFO")
                    + client.send("INFO", "replication");
        } catch (UncheckedIOException | RedisErrorException e) {
            view = e.toString();
        }
        return view + "\n" + node.logTail();
    }

    private static boolean isReady(RedisNode node) {
        try (NodeClient client = node.connect()) {
            String cluster = client.send("CLUSTER", "INFO");
            String replication = client.send("INFO", "replication");
            return cluster.contains("cluster_state:ok\r\n")
                    && cluster.contains("cluster_slots_ok:" + SLOTS + "\r\n")
                    && (replication.contains("role:master") || replication.contains("master_link_status:up"));
        }
    }

    /** False also if a node does not reply in time, or is still loading its data. */
    private static boolean holds(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (UncheckedIOException unreachable) {
            return false;
        } catch (RedisErrorException e) {
            if (e.code().equals("LOADING")) {
                return false;
            }
            throw e;
        }
    }

    private static boolean agree(List<RedisNode> nodes) {
        Set<Set<String>> reported = new HashSet<>();
        for (RedisNode node : nodes) {
            List<ClusterNode> view = view(node);
            if (!isHealthy(view, nodes.size())) {
                return false;
            }
            reported.add(view.stream().map(ClusterFormation::role).collect(Collectors.toSet()));
        }
        return reported.size() == 1;
    }

    private static boolean isHealthy(List<ClusterNode> view, int size) {
        return view.size() == size
                && view.stream()
                        .allMatch(member -> Collections.disjoint(member.flags(), UNHEALTHY)
                                && (!member.isDisconnected() || member.isMyself()));
    }

    /** The master and slots of a member. All nodes of a healthy cluster report the same. */
    private static String role(ClusterNode member) {
        return member.id() + " " + member.masterId() + " "
                + member.slots().stream().map(Arrays::toString).toList();
    }

    private static List<ClusterNode> view(RedisNode node) {
        try (NodeClient client = node.connect()) {
            return ClusterNode.parse(client.send("CLUSTER", "NODES"));
        }
    }
}
