package dev.tokencache.simulation;

import dev.tokencache.redis.HashSlot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/** The replies to {@code CLUSTER NODES}, {@code SLOTS} and {@code INFO}. */
record ClusterReports(ClusterBus bus, NodesConf conf) {

    /** {@code CLUSTER NODES}. */
    String nodes() {
        return conf.peers.values().stream().map(this::line).collect(Collectors.joining());
    }

    private String line(Peer peer) {
        String slots = ranges(peer.slots).stream()
                .map(range -> " " + range[0] + (range[0] == range[1] ? "" : "-" + range[1]))
                .collect(Collectors.joining());
        return peer.id + " "
                + (peer.isAddressUnknown ? ":0@0" : peer.endpoint + "@" + (peer.endpoint.port() + 10000)) + " "
                + (peer == conf.myself() ? "myself," : "")
                + (peer.isMaster() ? "master" : "slave")
                + (peer.isAddressUnknown ? ",noaddr" : "")
                + (peer.isFailed ? ",fail" : peer.isSuspected ? ",fail?" : "")
                + " " + (peer.isMaster() ? "-" : peer.masterId) + " 0 0 "
                + (peer.isMaster() ? peer : conf.peers.getOrDefault(peer.masterId, peer)).configEpoch + " "
                + (peer.isDisconnected ? "disconnected" : "connected") + slots + "\n";
    }

    /** {@code CLUSTER SLOTS}. */
    List<Object> slots() {
        List<Object> all = new ArrayList<>();
        for (Peer master : conf.peers.values()) {
            for (int[] range : ranges(master.slots)) {
                List<Object> entry = new ArrayList<>(List.of((long) range[0], (long) range[1], address(master)));
                conf.peers.values().stream()
                        .filter(peer -> master.id.equals(peer.masterId) && !peer.isFailed)
                        .forEach(peer -> entry.add(address(peer)));
                all.add(entry);
            }
        }
        return all;
    }

    private static List<Object> address(Peer peer) {
        return peer.isAddressUnknown
                ? List.of("", 0L, peer.id)
                : List.of(peer.endpoint.host(), (long) peer.endpoint.port(), peer.id);
    }

    /** {@code CLUSTER INFO}. */
    String info() {
        return "cluster_state:" + (bus.isOk() ? "ok" : "fail") + "\r\ncluster_current_epoch:" + conf.currentEpoch
                + "\r\ncluster_size:" + conf.votingMasters().size() + "\r\n";
    }

    private static List<int[]> ranges(BitSet slots) {
        List<int[]> ranges = new ArrayList<>();
        for (int first = slots.nextSetBit(0); first >= 0 && first < HashSlot.COUNT; ) {
            int end = slots.nextClearBit(first);
            ranges.add(new int[] {first, end - 1});
            first = slots.nextSetBit(end);
        }
        return ranges;
    }
}
