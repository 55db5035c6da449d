package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.simulation.BusMessage.Claim;
import dev.tokencache.simulation.BusMessage.Doubt;
import dev.tokencache.simulation.BusMessage.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One simulated node's part in the cluster: gossip with all other nodes. Follows {@code cluster.c} of Redis 7, and the Redis
 * Cluster specification.
 */
final class ClusterBus {

    static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration CRON = Duration.ofMillis(100);
    /** A master that starts serves no one for this long: the cluster may have replaced it. */
    private static final Duration WRITABLE_DELAY = Duration.ofSeconds(2);

    private final World world;
    private final SimulatedNetwork network;
    private final String name;
    private final SimulatedProcess process;
    private final BusHost host;
    private final NodesConf conf;
    private final Peer myself;
    private final FailureDetector failures;
    private final ManualFailover failover;
    private final Elections elections;
    private final SlotOwners slotOwners;
    private final long startedNanos;
    private boolean isOk;
    private long minorityNanos;

    ClusterBus(
            World world,
            SimulatedNetwork network,
            String name,
            SimulatedProcess process,
            NodesConf conf,
            BusHost host) {
        this.world = world;
        this.network = network;
        this.name = name;
        this.process = process;
        this.conf = conf;
        this.host = host;
        this.myself = conf.myself();
        this.failures = new FailureDetector(this, conf);
        this.failover = new ManualFailover(this, conf);
        this.elections = new Elections(this, conf, failover);
        this.slotOwners = new SlotOwners(this, conf, failover);
        this.startedNanos = process.nanoTime();
        this.minorityNanos = startedNanos;
        conf.peers.values().forEach(peer -> peer.forgetConnection(startedNanos));
        process.schedule(Duration.ofMillis(1 + process.random().nextInt(100)), () -> {
            cron();
            process.scheduleEvery(CRON, this::cron);
        });
    }

    SimulatedProcess process() {
        return process;
    }

    BusHost host() {
        return host;
    }

    void log(String event) {
        world.log(name + ": " + event);
    }

    boolean isOk() {
        return isOk;
    }

    boolean isMaster() {
        return myself.isMaster();
    }

    /** The endpoint of the slot's master, or null. */
    @Nullable
    Endpoint masterOf(int slot) {
        Peer owner = conf.owner(slot);
        return owner == null ? null : owner.endpoint;
    }

    boolean owns(int slot) {
        return myself.isMaster() && myself.slots.get(slot);
    }

    /** Whether this is a replica of the slot's master. */
    boolean replicates(int slot) {
        Peer owner = conf.owner(slot);
        return owner != null && owner.id.equals(myself.masterId);
    }

    /** The replies to {@code CLUSTER NODES}, {@code SLOTS} and {@code INFO}. */
    ClusterReports reports() {
        return new ClusterReports(this, conf);
    }

    /** {@code CLUSTER BUMPEPOCH}: takes a new config epoch that no one agreed to. */
    void bumpEpoch() {
        slotOwners.bumpEpoch();
    }

    /** {@code CLUSTER SETSLOT NODE}. */
    void assign(int slot, String id) {
        slotOwners.assign(slot, id);
    }

    /** {@code CLUSTER FAILOVER}. */
    void failOver() {
        failover.start();
    }

    /** {@code CLUSTER REPLICATE} on a master without slots, or on a replica. */
    void replicate(String masterId) {
        log("follows " + conf.peers.get(masterId).endpoint);
        myself.masterId = masterId;
        host.follow(masterId);
    }

    private void cron() {
        long now = process.nanoTime();
        if (host.isLoading()) {
            return;
        }
        failures.check(now);
        failover.check(now);
        elections.stand(now);
        updateState(now);
    }

    void send(Peer peer, BusMessage message) {
        SimulatedNetwork.Pipe pipe = peer.pipe;
        if (pipe == null) {
            pipe = network.pipe(name, peer.endpoint.toString());
            peer.pipe = pipe;
        }
        if (message.type() == Type.PING) {
            peer.pipeNanos = process.nanoTime();
        }
        host.send(pipe, peer.id, message);
    }

    void broadcast(BusMessage message) {
        conf.others().forEach(peer -> send(peer, message));
    }

    /** Passes a published message to all nodes. It is lost where there is no connection, or if that ends meanwhile. */
    void publish(String channel, String message) {
        for (Peer peer : conf.others()) {
            if (peer.pipe != null) {
                host.publish(peer.pipe, peer.id, channel, message);
            }
        }
    }

    BusMessage message(Type type) {
        return message(type, Claim.of(conf.masterOfMyself()), null);
    }

    BusMessage message(Type type, Claim claim, @Nullable String failed) {
        List<Doubt> doubts = new ArrayList<>();
        for (Peer peer : conf.others()) {
            if (peer.isSuspected || peer.isFailed) {
                doubts.add(new Doubt(peer.id, peer.isFailed));
            }
        }
        return new BusMessage(
                type,
                myself.id,
                myself.masterId,
                conf.currentEpoch,
                host.offset(),
                claim,
                doubts,
                failed,
                failover.isInProgress());
    }

    /** The peer's process has ended, or refused the connection. */
    void disconnected(String id) {
        Peer peer = conf.peers.get(id);
        if (peer != null) {
            peer.isDisconnected = true;
            peer.pipe = null;
        }
    }

    /** Another node replied at the peer's address. */
    void mismatched(String id) {
        Peer peer = conf.peers.get(id);
        if (peer != null) {
            disconnected(id);
            if (!peer.isAddressUnknown) {
                peer.isAddressUnknown = true;
                log(peer.endpoint + " is another node");
            }
        }
    }

    void received(BusMessage message) {
        Peer sender = conf.peers.get(message.sender());
        if (sender == null) {
            return;
        }
        conf.currentEpoch = Math.max(conf.currentEpoch, message.currentEpoch());
        sender.heardNanos = process.nanoTime();
        sender.offset = message.offset();
        switch (message.type()) {
            case PING -> {
                sender.isAddressUnknown = false;
                learn(sender, message);
                send(sender, message(Type.PONG));
            }
            case PONG -> {
                sender.pingNanos = 0;
                sender.isDisconnected = false;
                failures.reachable(sender);
                learn(sender, message);
            }
            case FAIL -> {
                if (conf.knows(message.failed())) {
                    failures.fail(conf.peers.get(message.failed()));
                }
            }
            case HANDOVER -> failover.prepare(sender);
            case UPDATE -> slotOwners.update(message.claim());
            case VOTE_REQUEST -> elections.vote(sender, message);
            case VOTE -> elections.voted(sender, message.currentEpoch());
        }
    }

    private void learn(Peer sender, BusMessage message) {
        if (message.masterOfSender() == null) {
            sender.masterId = null;
            sender.configEpoch = Math.max(sender.configEpoch, message.claim().configEpoch());
        } else {
            if (sender.isMaster()) {
                sender.slots = new BitSet();
            }
            sender.masterId = message.masterOfSender();
        }
        if (message.isHandover()) {
            failover.masterPaused(sender, message.offset());
        }
        slotOwners.separateEpochs(sender);
        if (!conf.knows(message.claim().master())) {
            return;
        }
        slotOwners.claimed(sender, message.claim());
        if (sender.isMaster()) {
            failures.listen(sender, message.doubts());
        }
    }

    private void updateState(long now) {
        long reachable = conf.votingMasters().stream()
                .filter(peer -> !peer.isSuspected && !peer.isFailed)
                .count();
        if (myself.isMaster() && now - startedNanos < WRITABLE_DELAY.toNanos()) {
            return;
        }
        if (reachable < conf.majority()) {
            minorityNanos = now;
            setOk(false);
        } else if (!myself.isMaster() || now - minorityNanos >= NODE_TIMEOUT.toNanos() || isOk) {
            setOk(true);
        }
    }

    private void setOk(boolean changed) {
        if (isOk != changed) {
            isOk = changed;
            log("cluster_state:" + (isOk ? "ok" : "fail"));
        }
    }
}
