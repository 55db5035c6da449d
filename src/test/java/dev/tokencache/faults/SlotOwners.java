package dev.tokencache.faults;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RoutingTag;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The slot map as one node of a stable cluster reports it. */
final class SlotOwners implements AutoCloseable {

    private final RespClient node;
    private final NavigableMap<Integer, Integer> portByFirstSlot = new TreeMap<>();

    private SlotOwners(RespClient node) {
        this.node = node;
        for (Object entry : node.list("CLUSTER", "SLOTS")) {
            List<?> range = (List<?>) entry;
            List<?> master = (List<?>) range.get(2);
            portByFirstSlot.put(number(range.get(0)), number(master.get(1)));
        }
    }

    static SlotOwners of(TestCluster cluster) {
        return new SlotOwners(cluster.nodes().stream()
                .filter(TestNode::isRunning)
                .findFirst()
                .orElseThrow()
                .connect());
    }

    private static int number(Object reply) {
        return Math.toIntExact((Long) reply);
    }

    /** The ports of all masters with slots, in ascending order. */
    List<Integer> masters() {
        return portByFirstSlot.values().stream().distinct().sorted().toList();
    }

    int slotOfSubject(String sub) {
        return Math.toIntExact(node.number("CLUSTER", "KEYSLOT", keyOf(sub)));
    }

    int masterOf(int slot) {
        return portByFirstSlot.floorEntry(slot).getValue();
    }

    /** The Redis key that holds everything the service stores for a subject. */
    static String keyOf(String sub) {
        return "tc:{" + RoutingTag.ofSubject(sub).value() + "}";
    }

    @Override
    public void close() {
        node.close();
    }
}
