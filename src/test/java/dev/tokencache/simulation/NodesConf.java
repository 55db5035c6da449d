package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a simulated node stores in {@code nodes.conf}: the nodes that it knows, with their slots, and the epochs. */
final class NodesConf {

    final Map<String, Peer> peers = new LinkedHashMap<>();
    private final String self;
    long currentEpoch;
    long lastVoteEpoch;

    NodesConf(String self) {
        this.self = self;
    }

    void add(String id, Endpoint endpoint, @Nullable String masterId, long configEpoch, BitSet slots) {
        Peer peer = new Peer(id, endpoint);
        peer.masterId = masterId;
        peer.configEpoch = configEpoch;
        peer.slots = slots;
        peers.put(id, peer);
        currentEpoch = Math.max(currentEpoch, configEpoch);
    }

    String self() {
        return self;
    }

    @Nullable
    String masterId() {
        return myself().masterId;
    }

    boolean knows(String id) {
        return peers.containsKey(id);
    }

    boolean hasSlots(String id) {
        return peers.containsKey(id) && peers.get(id).hasSlots();
    }

    /** {@code CLUSTER FORGET}. */
    void forget(String id) {
        peers.remove(id);
    }

    /** What {@code CLUSTER MEET} and gossip do in the end: this node knows all that the other one knows. */
    void meet(NodesConf other) {
        other.peers.values().forEach(peer -> {
            if (!peers.containsKey(peer.id)) {
                add(peer.id, peer.endpoint, peer.masterId, peer.configEpoch, peer.slots);
            }
        });
    }

    /** {@code CLUSTER REPLICATE}, before the start of the node's process. */
    void replicate(String masterId) {
        myself().masterId = masterId;
    }

    Peer myself() {
        return peers.get(self);
    }

    /** This node, if it is a master or its master is unknown. */
    Peer masterOfMyself() {
        Peer myself = myself();
        return myself.masterId == null ? myself : peers.getOrDefault(myself.masterId, myself);
    }

    Iterable<Peer> others() {
        Peer myself = myself();
        return peers.values().stream().filter(peer -> peer != myself)::iterator;
    }

    List<Peer> votingMasters() {
        return peers.values().stream()
                .filter(peer -> peer.isMaster() && peer.hasSlots())
                .toList();
    }

    int majority() {
        return votingMasters().size() / 2 + 1;
    }

    /** The master of a slot. */
    @Nullable
    Peer owner(int slot) {
        return peers.values().stream()
                .filter(peer -> peer.slots.get(slot))
                .findFirst()
                .orElse(null);
    }
}
