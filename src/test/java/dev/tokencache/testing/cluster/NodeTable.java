package dev.tokencache.testing.cluster;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The cluster as one node sees it: its reply to {@code CLUSTER NODES}. */
public record NodeTable(List<Member> members) {

    /**
     * One line of the reply.
     *
     * @param masterId the id of its master; {@code -} for a master
     * @param slots the slot ranges that it owns
     */
    public record Member(
            String id,
            int port,
            Set<String> flags,
            String masterId,
            long configEpoch,
            boolean isLinked,
            List<Slots> slots) {

        public boolean isMaster() {
            return flags.contains("master");
        }

        public boolean owns(int slot) {
            return slots.stream().anyMatch(range -> range.first() <= slot && slot <= range.last());
        }
    }

    /** A range of slots, both ends inclusive. */
    public record Slots(int first, int last) {}

    /** Reads the table of a node; empty if the node does not reply in time, or is still loading its data. */
    public static Optional<NodeTable> read(Supplier<RespClient> connect) {
        try (RespClient client = connect.get()) {
            return Optional.of(parse(client.text("CLUSTER", "NODES")));
        } catch (UncheckedIOException unreachable) {
            return Optional.empty();
        } catch (RespException e) {
            if (e.isLoading()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static NodeTable parse(String reply) {
        return new NodeTable(reply.lines().map(NodeTable::member).toList());
    }

    private static Member member(String line) {
        String[] words = line.split(" ", -1);
        // 127.0.0.1:7700 up to Redis 3.2, 127.0.0.1:7700@17700 since 4.0, with ",hostname" since 7.0
        String address = words[1].split("@", -1)[0];
        List<Slots> slots = new ArrayList<>();
        for (int i = 8; i < words.length; i++) {
            if (!words[i].startsWith("[")) { // a slot that is migrating
                String[] ends = words[i].split("-", -1);
                slots.add(new Slots(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])));
            }
        }
        return new Member(
                words[0],
                Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)),
                Set.of(words[2].split(",")),
                words[3],
                Long.parseLong(words[6]),
                words[7].equals("connected"),
                List.copyOf(slots));
    }
}
