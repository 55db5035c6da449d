package dev.tokencache.simulation;

import dev.tokencache.simulation.BusMessage.Claim;
import dev.tokencache.simulation.BusMessage.Doubt;
import dev.tokencache.simulation.BusMessage.Type;
import java.time.Duration;
import java.util.List;

/** Pings the other nodes, and regards those as failed that a majority of the masters finds silent. */
final class FailureDetector {

    private static final Duration PING_INTERVAL = Duration.ofMillis(500);

    private final ClusterBus bus;
    private final NodesConf conf;
    private final Peer myself;

    FailureDetector(ClusterBus bus, NodesConf conf) {
        this.bus = bus;
        this.conf = conf;
        this.myself = conf.myself();
    }

    /** Pings each other node, and suspects those that are silent. */
    void check(long now) {
        for (Peer peer : conf.others()) {
            ping(peer, now);
            boolean isSilent = peer.pingNanos != 0
                    && now - Math.max(peer.pingNanos, peer.heardNanos) > ClusterBus.NODE_TIMEOUT.toNanos();
            if (isSilent && !peer.isSuspected && !peer.isFailed) {
                peer.isSuspected = true;
                bus.log("suspects " + peer.endpoint);
                failIfAgreed(peer);
            }
        }
    }

    private void ping(Peer peer, long now) {
        if (peer.isAddressUnknown) {
            return;
        }
        if (peer.pingNanos == 0) {
            if (peer.isDisconnected || now - peer.pipeNanos > PING_INTERVAL.toNanos()) {
                peer.pingNanos = now;
                bus.send(peer, bus.message(Type.PING));
            }
        } else if (peer.isDisconnected || now - peer.pipeNanos > ClusterBus.NODE_TIMEOUT.toNanos() / 2) {
            // A new connection, in case that only this one hangs.
            if (peer.pipe != null) {
                peer.pipe.close();
                peer.pipe = null;
            }
            bus.send(peer, bus.message(Type.PING));
        }
    }

    /** A peer replied. */
    void reachable(Peer sender) {
        sender.isSuspected = false;
        boolean isReplaced = !sender.isMaster() || !sender.hasSlots();
        boolean isForgotten = bus.process().nanoTime() - sender.failedNanos > 2 * ClusterBus.NODE_TIMEOUT.toNanos();
        if (sender.isFailed && (isReplaced || isForgotten)) {
            sender.isFailed = false;
        }
    }

    /** Counts what another master reports. */
    void listen(Peer sender, List<Doubt> doubts) {
        long now = bus.process().nanoTime();
        for (Peer peer : conf.others()) {
            peer.reports.remove(sender.id);
        }
        for (Doubt doubt : doubts) {
            Peer peer = conf.peers.get(doubt.id());
            if (peer != null && peer != myself) {
                peer.reports.put(sender.id, now);
                failIfAgreed(peer);
            }
        }
    }

    private void failIfAgreed(Peer peer) {
        if (!peer.isSuspected || peer.isFailed) {
            return;
        }
        long oldest = bus.process().nanoTime() - 2 * ClusterBus.NODE_TIMEOUT.toNanos();
        peer.reports.values().removeIf(reported -> reported < oldest);
        if (peer.reports.size() + (myself.isMaster() ? 1 : 0) >= conf.majority()) {
            fail(peer);
            bus.broadcast(bus.message(Type.FAIL, Claim.of(conf.masterOfMyself()), peer.id));
        }
    }

    void fail(Peer peer) {
        if (peer != myself && !peer.isFailed) {
            bus.log("regards " + peer.endpoint + " as failed");
            peer.isFailed = true;
            peer.isSuspected = false;
            peer.failedNanos = bus.process().nanoTime();
        }
    }
}
