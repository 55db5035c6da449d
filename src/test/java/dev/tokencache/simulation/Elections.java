package dev.tokencache.simulation;

import dev.tokencache.simulation.BusMessage.Type;
import java.time.Duration;
import java.util.BitSet;

/** The elections of one node: a replica stands for them, a master votes in them. */
final class Elections {

    private static final Duration MAX_DATA_AGE =
            ClusterBus.NODE_TIMEOUT.multipliedBy(10).plus(Duration.ofSeconds(10));
    private static final Duration ELECTION_TIMEOUT = ClusterBus.NODE_TIMEOUT.multipliedBy(2);

    private final ClusterBus bus;
    private final NodesConf conf;
    private final ManualFailover failover;
    private final Peer myself;
    private long electionNanos;
    private long electionEpoch;
    private boolean isVoteRequested;
    private int votes;

    Elections(ClusterBus bus, NodesConf conf, ManualFailover failover) {
        this.bus = bus;
        this.conf = conf;
        this.failover = failover;
        this.myself = conf.myself();
    }

    void voted(Peer sender, long epoch) {
        if (sender.isMaster() && sender.hasSlots() && epoch >= electionEpoch) {
            votes++;
        }
    }

    /** Asks the masters for their votes if the own master has failed. */
    void stand(long now) {
        Peer master = conf.masterOfMyself();
        if (master == myself
                || (!master.isFailed && !failover.isReady())
                || !master.hasSlots()
                || bus.host().dataAge().compareTo(MAX_DATA_AGE) > 0) {
            return;
        }
        if (electionNanos == 0 || now - electionNanos > 2 * ELECTION_TIMEOUT.toNanos()) {
            Duration delay = failover.isReady()
                    ? Duration.ZERO
                    : Duration.ofMillis(500L + bus.process().random().nextInt(500) + 1000L * rank());
            electionNanos = now + delay.toNanos();
            isVoteRequested = false;
            votes = 0;
        } else if (now >= electionNanos && now - electionNanos <= ELECTION_TIMEOUT.toNanos()) {
            if (!isVoteRequested) {
                isVoteRequested = true;
                electionEpoch = ++conf.currentEpoch;
                bus.log("asks for votes in epoch " + electionEpoch);
                bus.broadcast(bus.message(Type.VOTE_REQUEST));
            } else if (votes >= conf.majority()) {
                replace(master);
            }
        }
    }

    /** How many replicas of the same master have more of its data. */
    private int rank() {
        int rank = 0;
        for (Peer peer : conf.others()) {
            if (myself.masterId.equals(peer.masterId)
                    && peer.offset > bus.host().offset()) {
                rank++;
            }
        }
        return rank;
    }

    private void replace(Peer master) {
        bus.log("elected in epoch " + electionEpoch + " instead of " + master.endpoint);
        electionNanos = 0;
        failover.end();
        myself.masterId = null;
        myself.configEpoch = electionEpoch;
        myself.slots = master.slots;
        master.slots = new BitSet();
        bus.host().becomeMaster();
        bus.broadcast(bus.message(Type.PONG));
    }

    /** Votes for a replica that may replace its master. */
    void vote(Peer sender, BusMessage request) {
        Peer master = sender.masterId == null ? null : conf.peers.get(sender.masterId);
        if (!myself.isMaster()
                || !myself.hasSlots()
                || request.currentEpoch() < conf.currentEpoch
                || conf.lastVoteEpoch == conf.currentEpoch
                || master == null
                || (!master.isFailed && !request.isHandover())
                || bus.process().nanoTime() - master.votedNanos < 2 * ClusterBus.NODE_TIMEOUT.toNanos()) {
            return;
        }
        boolean isOutdated = conf.peers.values().stream()
                .anyMatch(peer -> peer.slots.intersects(request.claim().slots())
                        && peer.configEpoch > request.claim().configEpoch());
        if (!isOutdated) {
            master.votedNanos = bus.process().nanoTime();
            conf.lastVoteEpoch = conf.currentEpoch;
            bus.send(sender, bus.message(Type.VOTE));
        }
    }
}
