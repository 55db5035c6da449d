package dev.tokencache.simulation;

import dev.tokencache.simulation.BusMessage.Claim;
import dev.tokencache.simulation.BusMessage.Type;
import java.util.BitSet;

/** Which master has which slot, as one node knows it: the claim with the highest config epoch counts. */
final class SlotOwners {

    private final ClusterBus bus;
    private final NodesConf conf;
    private final ManualFailover failover;
    private final Peer myself;

    SlotOwners(ClusterBus bus, NodesConf conf, ManualFailover failover) {
        this.bus = bus;
        this.conf = conf;
        this.failover = failover;
        this.myself = conf.myself();
    }

    /** Two masters with the same config epoch: the one with the smaller id takes a new one. */
    void separateEpochs(Peer sender) {
        if (sender.isMaster()
                && myself.isMaster()
                && sender.configEpoch == myself.configEpoch
                && sender.id.compareTo(myself.id) > 0) {
            myself.configEpoch = ++conf.currentEpoch;
            bus.log("takes epoch " + myself.configEpoch + ", since " + sender.endpoint + " has the same");
        }
    }

    /** {@code CLUSTER BUMPEPOCH}: takes a new config epoch that no one agreed to. */
    void bumpEpoch() {
        long max = conf.peers.values().stream()
                .mapToLong(peer -> peer.configEpoch)
                .max()
                .orElse(0);
        if (myself.configEpoch == 0 || myself.configEpoch < Math.max(max, conf.currentEpoch)) {
            myself.configEpoch = ++conf.currentEpoch;
            bus.log("takes epoch " + myself.configEpoch);
        }
    }

    /** {@code CLUSTER SETSLOT NODE}. */
    void assign(int slot, String id) {
        Peer target = conf.peers.get(id);
        Peer present = conf.owner(slot);
        BitSet moved = new BitSet();
        moved.set(slot);
        if (present != target) {
            if (present != null) {
                present.slots = difference(present.slots, moved);
            }
            target.slots = union(target.slots, moved);
        }
        if (target == myself) {
            bumpEpoch();
        }
        bus.broadcast(bus.message(Type.PONG));
    }

    /** Compares what the sender knows of a master with what this node knows. */
    void claimed(Peer sender, Claim claim) {
        Peer claimant = conf.peers.get(claim.master());
        if (claimant != null && claimant.isMaster() && !claimant.slots.equals(claim.slots())) {
            accept(claimant, claim);
            correct(sender, claim);
        }
    }

    /** Assigns slots to a master whose claim is newer than that of their present master. */
    private void accept(Peer claimant, Claim claim) {
        Peer mine = conf.masterOfMyself();
        boolean wasMine = mine.hasSlots();
        BitSet won = new BitSet();
        claim.slots().stream().forEach(slot -> {
            Peer owner = conf.owner(slot);
            if (owner != claimant
                    && !bus.host().isImporting(slot)
                    && (owner == null || owner.configEpoch < claim.configEpoch())) {
                won.set(slot);
            }
        });
        if (won.isEmpty()) {
            return;
        }
        BitSet lostHere = intersection(myself.slots, won);
        for (Peer peer : conf.peers.values()) {
            if (peer != claimant && peer.slots.intersects(won)) {
                peer.slots = difference(peer.slots, won);
            }
        }
        claimant.slots = union(claimant.slots, won);
        if (wasMine && !mine.hasSlots() && claimant != mine) {
            bus.log("follows " + claimant.endpoint);
            myself.masterId = claimant.id;
            failover.end();
            bus.host().follow(claimant.id);
        } else {
            lostHere.stream().forEach(bus.host()::lostSlot);
        }
    }

    /** Sends a newer claim to a node that claims slots of another one. */
    private void correct(Peer sender, Claim claim) {
        for (Peer peer : conf.peers.values()) {
            if (!peer.id.equals(claim.master())
                    && peer.slots.intersects(claim.slots())
                    && peer.configEpoch > claim.configEpoch()) {
                bus.send(sender, bus.message(Type.UPDATE, Claim.of(peer), null));
                return;
            }
        }
    }

    /** A newer claim that another node sent. */
    void update(Claim claim) {
        Peer claimant = conf.peers.get(claim.master());
        if (claimant != null && claimant.configEpoch < claim.configEpoch()) {
            claimant.masterId = null;
            claimant.configEpoch = claim.configEpoch();
            accept(claimant, claim);
        }
    }

    private static BitSet intersection(BitSet one, BitSet other) {
        BitSet both = (BitSet) one.clone();
        both.and(other);
        return both;
    }

    private static BitSet difference(BitSet one, BitSet other) {
        BitSet left = (BitSet) one.clone();
        left.andNot(other);
        return left;
    }

    private static BitSet union(BitSet one, BitSet other) {
        BitSet all = (BitSet) one.clone();
        all.or(other);
        return all;
    }
}
