package dev.tokencache.devmode;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Makes a cluster of servers, as {@code redis-cli --cluster create} does, only faster.
 *
 * <p>A master that has just started waits two seconds before it takes part (see {@code CLUSTER_WRITABLE_DELAY} in
 * {@code cluster.c}); all the rest happens meanwhile.
 */
final class ClusterFormation {

    private static final int SLOTS = 16_384;
    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    /** A node gives up on whom it could not meet within its node timeout. */
    private static final Duration MEETING = Duration.ofSeconds(3);

    private ClusterFormation() {}

    /** The first nodes become masters, the others their replicas in turn; returns when all is well. */
    static void form(List<RedisNode> nodes, int masters) {
        for (int i = 0; i < nodes.size(); i++) {
            try (RespClient client = nodes.get(i).connect()) {
                // Distinct epochs from the start spare the nodes a second for each collision.
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

    /** Tells every node of every other: gossip alone would take seconds. */
    static void introduce(List<RedisNode> nodes) {
        Await.until(
                TIMEOUT,
                () -> isAnswered(() -> meet(nodes)) && Await.isSoon(MEETING, () -> isAnswered(() -> know(nodes))),
                () -> "the nodes do not meet");
    }

    private static boolean meet(List<RedisNode> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            try (RespClient client = nodes.get(i).connect()) {
                for (RedisNode other : nodes.subList(i + 1, nodes.size())) {
                    client.send("CLUSTER", "MEET", "127.0.0.1", Integer.toString(other.port()));
                }
            }
        }
        return true;
    }

    private static boolean know(List<RedisNode> nodes) {
        return nodes.stream().allMatch(node -> view(node).isSound(nodes.size()));
    }

    private static void replicate(RedisNode replica, RedisNode master) {
        String masterId = view(master).myself().id();
        try (RespClient client = replica.connect()) {
            client.send("CLUSTER", "REPLICATE", masterId);
        }
    }

    /** Waits until all nodes are up, agree with each other and cover all slots, and all replicas are up to date. */
    static void awaitHealthy(List<RedisNode> nodes) {
        Await.until(
                TIMEOUT,
                // In this order: who turned out to be a replica needs its master's data.
                () -> isAnswered(() -> agree(nodes) && nodes.stream().allMatch(ClusterFormation::isReady)),
                () -> "the cluster does not get well: "
                        + nodes.stream().map(RedisNode::logTail).toList());
    }

    private static boolean isReady(RedisNode node) {
        try (RespClient client = node.connect()) {
            String cluster = client.text("CLUSTER", "INFO");
            String replication = client.text("INFO", "replication");
            return cluster.contains("cluster_state:ok\r\n")
                    && cluster.contains("cluster_slots_ok:" + SLOTS + "\r\n")
                    && (replication.contains("role:master") || replication.contains("master_link_status:up"));
        }
    }

    /** A node that gives no answer in time, or only says that it reads its data, has not got there yet. */
    private static boolean isAnswered(BooleanSupplier question) {
        return answer(question::getAsBoolean).orElse(false);
    }

    /** How a node sees the cluster; empty if it gives no answer in time, or only says that it reads its data. */
    static Optional<ClusterView> viewOfWhoAnswers(RedisNode node) {
        return answer(() -> view(node));
    }

    private static <T> Optional<T> answer(Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (UncheckedIOException silent) {
            return Optional.empty();
        } catch (RespException e) {
            if (e.code().equals("LOADING")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static boolean agree(List<RedisNode> nodes) {
        Set<Set<String>> opinions = new HashSet<>();
        for (RedisNode node : nodes) {
            ClusterView view = view(node);
            if (!view.isSound(nodes.size())) {
                return false;
            }
            opinions.add(view.roles());
        }
        return opinions.size() == 1;
    }

    static ClusterView view(RedisNode node) {
        try (RespClient client = node.connect()) {
            return ClusterView.parse(client.text("CLUSTER", "NODES"));
        }
    }
}
