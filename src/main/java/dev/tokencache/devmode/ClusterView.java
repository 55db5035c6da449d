package dev.tokencache.devmode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What one node thinks of the cluster: its answer to {@code CLUSTER NODES}. */
record ClusterView(List<Member> members) {

    /**
     * One line of it.
     *
     * @param masterId of the master that it replicates; {@code -} if it is one
     * @param slots first and last, one pair per range
     */
    record Member(
            String id,
            int port,
            Set<String> flags,
            String masterId,
            long configEpoch,
            boolean isLinked,
            List<SlotRange> slots) {

        boolean isMaster() {
            return flags.contains("master");
        }

        boolean owns(int slot) {
            return slots.stream().anyMatch(range -> range.first() <= slot && slot <= range.last());
        }

        private boolean isSound() {
            return flags.stream().noneMatch(Set.of("fail", "fail?", "handshake", "noaddr")::contains)
                    && (isLinked || flags.contains("myself"));
        }
    }

    record SlotRange(int first, int last) {}

    static ClusterView parse(String answer) {
        return new ClusterView(answer.lines().map(ClusterView::member).toList());
    }

    private static Member member(String line) {
        String[] words = line.split(" ", -1);
        // 127.0.0.1:7700 up to Redis 3.2, 127.0.0.1:7700@17700 since 4.0, with ",hostname" since 7.0
        String address = words[1].split("@", -1)[0];
        List<SlotRange> slots = new ArrayList<>();
        for (int i = 8; i < words.length; i++) {
            if (!words[i].startsWith("[")) { // a slot on the move
                String[] ends = words[i].split("-", -1);
                slots.add(new SlotRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])));
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

    /** Whether every member is known and well. */
    boolean isSound(int size) {
        return members.size() == size && members.stream().allMatch(Member::isSound);
    }

    /** What all nodes of a cluster at rest agree on. */
    Set<String> roles() {
        Set<String> roles = new TreeSet<>();
        for (Member member : members) {
            roles.add(member.id() + " " + member.masterId() + " " + member.slots());
        }
        return roles;
    }

    Member myself() {
        return members.stream()
                .filter(member -> member.flags().contains("myself"))
                .findFirst()
                .orElseThrow();
    }
}
