package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.Reply;
import dev.tokencache.redis.connection.FakeNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a {@link FakeNode} reports about its cluster: {@code CLUSTER MYID} and {@code CLUSTER NODES}. */
public final class FakeView {

    private List<Endpoint> members;
    private long epoch;
    private List<SlotRange> ranges;
    /** What the nodes report of a master: its flags and the state of the link. */
    private final Map<Endpoint, String[]> states = new HashMap<>();

    private final Set<Endpoint> oblivious = new HashSet<>();
    private final Map<Endpoint, Endpoint> newAddresses = new HashMap<>();

    public FakeView(List<Endpoint> members, long epoch, List<SlotRange> ranges) {
        this.members = members;
        change(epoch, ranges);
    }

    /** The view of a cluster of one node that serves all slots. */
    public static FakeView ofOneNode(Endpoint node, String id, long epoch) {
        SlotRange all = new SlotRange(0, HashSlot.COUNT - 1, id, epoch, node, List.of());
        return new FakeView(List.of(), epoch, List.of(all));
    }

    /** The view of a node that was reset: it knows no other node, and no slots. */
    public static FakeView empty() {
        return new FakeView(List.of(), 0, List.of());
    }

    void change(long newEpoch, List<SlotRange> newRanges) {
        epoch = newEpoch;
        ranges = newRanges;
    }

    void setMembers(List<Endpoint> newMembers) {
        members = newMembers;
    }

    void report(Endpoint master, String flags, String linkState) {
        states.put(master, new String[] {flags, linkState});
    }

    /** Makes one node report that all masters work. */
    void overlook(Endpoint reporter) {
        oblivious.add(reporter);
    }

    /** Reports another address for a member, and for its slots. */
    void move(Endpoint member, Endpoint newAddress) {
        newAddresses.put(member, newAddress);
    }

    List<SlotRange> ranges() {
        return ranges;
    }

    long epoch() {
        return epoch;
    }

    /** The id of a node of the usual cluster. */
    public static String idOf(Endpoint node) {
        return "id-of-" + node.host();
    }

    /** Makes a node report this view, as the member that usually is at its address. */
    public void reportAt(FakeNode node, Endpoint address) {
        reportAt(node, address, idOf(address));
    }

    /** Makes a node report this view, with an id of its own. */
    public void reportAt(FakeNode node, Endpoint address, String id) {
        node.identify(request -> switch (request) {
            case "cluster MYID" -> Reply.text(id);
            case "cluster NODES" -> Reply.text(lines(address, id));
            default -> null;
        });
    }

    private String lines(Endpoint address, String id) {
        Endpoint own = members.stream()
                .filter(member -> idOf(member).equals(id))
                .findFirst()
                .orElse(address);
        String others = members.stream()
                .filter(member -> !member.equals(own))
                .map(member -> line(member, idOf(member), "", address))
                .collect(Collectors.joining());
        return line(own, id, "myself,", address) + others;
    }

    private String line(Endpoint node, String id, String prefix, Endpoint reporter) {
        List<SlotRange> own =
                ranges.stream().filter(range -> range.owner().equals(id)).toList();
        String slots = own.stream()
                .map(range -> " " + range.first() + "-" + range.last())
                .collect(Collectors.joining());
        String master = ranges.stream()
                .filter(range -> range.replicas().contains(node))
                .map(SlotRange::owner)
                .findFirst()
                .orElse("-");
        long configEpoch = own.isEmpty() ? 0 : own.get(0).epoch();
        String[] usual = {master.equals("-") ? "master" : "slave", "connected"};
        String[] state = oblivious.contains(reporter) ? usual : states.getOrDefault(node, usual);
        Endpoint address = newAddresses.getOrDefault(node, node);
        return id + " " + address.host() + ":" + address.port() + "@17000 " + prefix + state[0] + " " + master + " 0 0 "
                + configEpoch + " " + state[1] + slots + "\n";
    }
}
