package dev.tokencache.redis.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One line of {@code CLUSTER NODES}: {@code <id> <ip>:<port>[@<bus port>[,<host name>]] <flags> <master id> <ping> <pong>
 * <config epoch> <link state> <slots>...}. See the Redis documentation of the command. Pure.
 *
 * @param host its IP address; empty if the node that replied does not know it
 * @param port its port; 0 if unknown
 * @param masterId the id of its master, {@code -} for a master
 * @param isDisconnected whether the node that replied has no connection to its cluster bus
 * @param slots first and last slot of each range that it serves
 */
public record ClusterNode(
        String id,
        String host,
        int port,
        Set<String> flags,
        String masterId,
        long epoch,
        boolean isDisconnected,
        List<int[]> slots) {

    private static final int FIXED_WORDS = 8;

    /** Parses the reply. A line that cannot be read is left out, and so is a range of slots that cannot be read. */
    public static List<ClusterNode> parse(String reply) {
        return reply.lines().map(ClusterNode::line).flatMap(Optional::stream).toList();
    }

    private static Optional<ClusterNode> line(String line) {
        try {
            String[] words = line.split(" ");
            String address = words[1].split("[@,]", 2)[0];
            int colon = address.lastIndexOf(':');
            return Optional.of(new ClusterNode(
                    words[0],
                    address.substring(0, colon),
                    Integer.parseInt(address.substring(colon + 1)),
                    Set.of(words[2].split(",")),
                    words[3],
                    Long.parseLong(words[6]),
                    words[7].equals("disconnected"),
                    slots(words)));
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private static List<int[]> slots(String[] words) {
        List<int[]> slots = new ArrayList<>();
        for (int i = FIXED_WORDS; i < words.length; i++) {
            // Slots in brackets are migrating or importing; they are listed again if the node serves them.
            String[] bounds = words[i].split("-", 2);
            try {
                slots.add(new int[] {Integer.parseInt(bounds[0]), Integer.parseInt(bounds[bounds.length - 1])});
            } catch (NumberFormatException notSlots) {
                // The other ranges of the node are not affected.
            }
        }
        return slots;
    }

    public boolean isMyself() {
        return flags.contains("myself");
    }

    boolean isMaster() {
        return flags.contains("master");
    }

    boolean serves(int slot) {
        return slots.stream().anyMatch(range -> range[0] <= slot && slot <= range[1]);
    }

    boolean isLiveReplicaOf(String id) {
        return masterId.equals(id) && flags.contains("slave") && !flags.contains("fail") && !flags.contains("noaddr");
    }

    /** Whether the id is the node's own: until the end of the handshake it is a random one. */
    boolean isIntroduced() {
        return !flags.contains("handshake");
    }
}
