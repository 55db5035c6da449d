package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import dev.tokencache.operator.doctor.NodeFacts.NodeLine;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** TC208: every slot has one owner that is up, and all nodes agree which. */
final class SlotChecks {

    private static final int SLOTS = 16_384;

    private SlotChecks() {}

    static void check(Cluster cluster, Report report) {
        if (cluster.shards().isEmpty()) {
            return;
        }
        uncovered(cluster, report);
        claimedTwice(cluster, report);
        openSlots(cluster, report);
        agreement(cluster, report);
    }

    /** The slots that the node serves. */
    static IntStream slots(NodeLine line) {
        return Cluster.ranges(line).stream()
                .map(range -> range.split("-"))
                .flatMapToInt(bounds -> IntStream.rangeClosed(
                        Integer.parseInt(bounds[0]), Integer.parseInt(bounds[bounds.length - 1])));
    }

    private static void uncovered(Cluster cluster, Report report) {
        BitSet covered = new BitSet(SLOTS);
        cluster.map().stream()
                .filter(line -> !line.flags().contains("fail"))
                .flatMapToInt(SlotChecks::slots)
                .forEach(covered::set);
        int missing = SLOTS - covered.cardinality();
        if (missing > 0) {
            String evidence = "%d slots have no master that is up, the first of them %d";
            report.add(Status.ERROR, Report.CLUSTER, evidence, missing, covered.nextClearBit(0));
        }
    }

    private static void claimedTwice(Cluster cluster, Report report) {
        BitSet claimed = new BitSet(SLOTS);
        BitSet twice = new BitSet(SLOTS);
        cluster.nodes().stream()
                .filter(cluster::isMember)
                .flatMap(node -> Cluster.self(node).stream())
                .filter(self -> self.flags().contains("master"))
                .flatMapToInt(SlotChecks::slots)
                .forEach(slot -> (claimed.get(slot) ? twice : claimed).set(slot));
        if (!twice.isEmpty()) {
            String evidence = "two masters serve %d slots, the first of them %d";
            report.add(Status.ERROR, Report.CLUSTER, evidence, twice.cardinality(), twice.nextSetBit(0));
        }
    }

    private static void openSlots(Cluster cluster, Report report) {
        for (NodeFacts node : cluster.nodes()) {
            List<String> open = Cluster.self(node).stream()
                    .flatMap(self -> self.slots().stream())
                    .filter(slot -> slot.startsWith("["))
                    .toList();
            if (!open.isEmpty()) {
                report.warn(node, open.size() + " slots are open, the first of them " + open.get(0));
            }
        }
    }

    private static void agreement(Cluster cluster, Report report) {
        Set<String> common = owners(cluster.map());
        List<NodeFacts> different = cluster.nodes().stream()
                .filter(node ->
                        cluster.isMember(node) && !owners(Cluster.view(node)).equals(common))
                .toList();
        if (!different.isEmpty()) {
            String evidence = "the nodes disagree about masters and slots: " + Report.addresses(different);
            report.add(Status.ERROR, Report.CLUSTER, evidence);
        }
    }

    /** Each node with its master and its slots; slots that are moving are known to their owners only. */
    private static Set<String> owners(List<NodeLine> view) {
        return view.stream()
                .filter(line -> !line.flags().contains("handshake"))
                .map(line -> line.id() + " " + line.masterId() + " " + Cluster.ranges(line))
                .collect(Collectors.toSet());
    }
}
