package dev.tokencache.faults;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves slots and their keys from one master to another, step by step like {@code redis-cli --cluster reshard}; see
 * {@code CLUSTER SETSLOT}, "Redis Cluster live resharding explained".
 */
final class SlotMove {

    private static final String MAX_KEYS = "100";
    private static final String TIMEOUT_MILLIS = "5000";

    private final TestCluster cluster;
    private final List<Integer> slots;
    private final TestNode source;
    private final TestNode target;

    SlotMove(TestCluster cluster, List<Integer> slots, TestNode source, TestNode target) {
        this.cluster = cluster;
        this.slots = slots;
        this.source = source;
        this.target = target;
    }

    /** From now on the source answers ASK for keys that it does not have. */
    void begin() {
        setSlots(target, "IMPORTING", cluster.idOf(source));
        setSlots(source, "MIGRATING", cluster.idOf(target));
    }

    /** Moves the keys of the slots. */
    void moveKeys() {
        try (RespClient from = source.connect()) {
            for (int slot : slots) {
                for (List<String> keys = keysIn(from, slot); !keys.isEmpty(); keys = keysIn(from, slot)) {
                    from.send(migrate(keys));
                }
            }
        }
    }

    private static List<String> keysIn(RespClient node, int slot) {
        return node.list("CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), MAX_KEYS).stream()
                .map(RespClient::textOf)
                .toList();
    }

    private String[] migrate(List<String> keys) {
        List<String> command = new ArrayList<>(List.of(
                "MIGRATE",
                "127.0.0.1",
                Integer.toString(target.port()),
                "",
                "0",
                TIMEOUT_MILLIS,
                "AUTH",
                cluster.password(),
                "KEYS"));
        command.addAll(keys);
        return command.toArray(String[]::new);
    }

    /** From now on the source answers MOVED. The other masters are notified too, ahead of the gossip. */
    void finish() {
        String owner = cluster.idOf(target);
        setSlots(target, "NODE", owner);
        notifySource(owner);
        for (TestNode node : cluster.nodes()) {
            if (node.port() != target.port() && node.port() != source.port() && isMaster(node)) {
                setSlots(node, "NODE", owner);
            }
        }
    }

    /** Notifies the source, unless it lost its last slot, learned that by gossip and became a replica already. */
    private void notifySource(String owner) {
        try {
            setSlots(source, "NODE", owner);
        } catch (RespException refused) {
            if (isMaster(source)) {
                throw refused;
            }
        }
    }

    private static boolean isMaster(TestNode node) {
        try (RespClient client = node.connect()) {
            return FaultSite.isMaster(client);
        }
    }

    private void setSlots(TestNode node, String state, String id) {
        try (RespClient client = node.connect()) {
            for (int slot : slots) {
                client.send("CLUSTER", "SETSLOT", Integer.toString(slot), state, id);
            }
        }
    }
}
