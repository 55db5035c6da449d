package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One simulated node's part in the cluster: its view of all nodes, gossip, failure detection, and elections. Follows {@code
 * cluster.c} of Redis 7, and the Redis Cluster specification.
 */
final class ClusterBus {

    static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration CRON = Duration.ofMillis(100);
    private static final Duration PING_INTERVAL = Duration.ofMillis(500);
    /** A master that starts serves no one for this long: the cluster may have replaced it. */
    private static final Duration WRITABLE_DELAY = Duration.ofSeconds(2);

    private static final Duration MAX_DATA_AGE = NODE_TIMEOUT.multipliedBy(10).plus(Duration.ofSeconds(10));
    private static final Duration ELECTION_TIMEOUT = NODE_TIMEOUT.multipliedBy(2);

    /** What a bus needs of its node. */
    interface Host {

        void becomeMaster();

        void follow(String masterId);

        /** Drops the keys of a slot that another master serves. */
        void lostSlot(int slot);

        /** The connection to another node's bus; the bus sends nothing else on it. */
        void send(SimulatedNetwork.Pipe pipe, String to, Message message);

        long offset();

        Duration dataAge();
    }

    /** A node as another one knows it. Survives restarts, as {@code nodes.conf} does. */
    private static final class Peer {
        private final String id;
        private final Endpoint endpoint;
        private @Nullable String masterId;
        private long configEpoch;
        private BitSet slots = new BitSet();
        private boolean isSuspected;
        private boolean isFailed;
        private long failedNanos;
        private long votedNanos = Long.MIN_VALUE / 2;
        /** When the oldest ping without a reply was sent; 0 if there is none. */
        private long pingNanos;

        private long pipeNanos;
        private long heardNanos;
        private long offset;
        private boolean isDisconnected;
        private SimulatedNetwork.@Nullable Pipe pipe;
        private final Map<String, Long> reports = new LinkedHashMap<>();

        Peer(String id, Endpoint endpoint) {
            this.id = id;
            this.endpoint = endpoint;
        }

        boolean isMaster() {
            return masterId == null;
        }

        boolean hasSlots() {
            return !slots.isEmpty();
        }
    }

    enum Type {
        PING,
        PONG,
        FAIL,
        UPDATE,
        VOTE_REQUEST,
        VOTE
    }

    /** A node that the sender suspects or knows to have failed. */
    private record Doubt(String id, boolean isFailed) {}

    /** The slots of a master, as of a configuration. */
    private record Claim(String master, long configEpoch, BitSet slots) {}

    /** @param subject the failed node of a {@code FAIL}, and the claim of an {@code UPDATE} */
    record Message(
            Type type,
            String sender,
            @Nullable String masterOfSender,
            long currentEpoch,
            long offset,
            Claim claim,
            List<Doubt> doubts,
            @Nullable String failed) {}

    private final World world;
    private final SimulatedNetwork network;
    private final String name;
    private final SimulatedProcess process;
    private final Host host;
    private final Saved saved;
    private final Peer myself;
    private final long startedNanos;
    private boolean isOk;
    private long minorityNanos;

    private long electionNanos;
    private long electionEpoch;
    private boolean isVoteRequested;
    private int votes;

    /** What a node stores in {@code nodes.conf}. */
    static final class Saved {
        private final Map<String, Peer> peers = new LinkedHashMap<>();
        private final String self;
        private long currentEpoch;
        private long lastVoteEpoch;

        Saved(String self) {
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

        @Nullable
        String masterId() {
            return peers.get(self).masterId;
        }
    }

    ClusterBus(World world, SimulatedNetwork network, String name, SimulatedProcess process, Saved saved, Host host) {
        this.world = world;
        this.network = network;
        this.name = name;
        this.process = process;
        this.saved = saved;
        this.host = host;
        this.myself = saved.peers.get(saved.self);
        this.startedNanos = process.nanoTime();
        this.minorityNanos = startedNanos;
        saved.peers.values().forEach(this::forgetConnection);
        process.schedule(Duration.ofMillis(1 + process.random().nextInt(100)), () -> {
            cron();
            process.scheduleEvery(CRON, this::cron);
        });
    }

    private void forgetConnection(Peer peer) {
        peer.pipe = null;
        peer.pingNanos = 0;
        peer.heardNanos = startedNanos;
        peer.isSuspected = false;
        peer.isDisconnected = false;
        peer.reports.clear();
    }

    private Iterable<Peer> others() {
        return saved.peers.values().stream().filter(peer -> peer != myself)::iterator;
    }

    private List<Peer> votingMasters() {
        return saved.peers.values().stream()
                .filter(peer -> peer.isMaster() && peer.hasSlots())
                .toList();
    }

    private int majority() {
        return votingMasters().size() / 2 + 1;
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
        Peer owner = owner(slot);
        return owner == null ? null : owner.endpoint;
    }

    boolean owns(int slot) {
        return myself.isMaster() && myself.slots.get(slot);
    }

    /** Whether this is a replica of the slot's master. */
    boolean replicates(int slot) {
        Peer owner = owner(slot);
        return owner != null && owner.id.equals(myself.masterId);
    }

    private @Nullable Peer owner(int slot) {
        return saved.peers.values().stream()
                .filter(peer -> peer.slots.get(slot))
                .findFirst()
                .orElse(null);
    }

    private void cron() {
        long now = process.nanoTime();
        for (Peer peer : others()) {
            ping(peer, now);
            boolean isSilent =
                    peer.pingNanos != 0 && now - Math.max(peer.pingNanos, peer.heardNanos) > NODE_TIMEOUT.toNanos();
            if (isSilent && !peer.isSuspected && !peer.isFailed) {
                peer.isSuspected = true;
                world.log(name + ": suspects " + peer.endpoint);
                failIfAgreed(peer);
            }
        }
        standForElection(now);
        updateState(now);
    }

    private void ping(Peer peer, long now) {
        if (peer.pingNanos == 0) {
            if (peer.isDisconnected || now - peer.pipeNanos > PING_INTERVAL.toNanos()) {
                peer.pingNanos = now;
                send(peer, message(Type.PING));
            }
        } else if (peer.isDisconnected || now - peer.pipeNanos > NODE_TIMEOUT.toNanos() / 2) {
            // A new connection, in case that only this one hangs.
            if (peer.pipe != null) {
                peer.pipe.close();
                peer.pipe = null;
            }
            send(peer, message(Type.PING));
        }
    }

    private void send(Peer peer, Message message) {
        SimulatedNetwork.Pipe pipe = peer.pipe;
        if (pipe == null) {
            pipe = network.pipe(name, peer.endpoint.toString());
            peer.pipe = pipe;
        }
        if (message.type == Type.PING) {
            peer.pipeNanos = process.nanoTime();
        }
        host.send(pipe, peer.id, message);
    }

    private void broadcast(Message message) {
        others().forEach(peer -> send(peer, message));
    }

    private Message message(Type type) {
        return message(type, claimOf(masterOfMyself()), null);
    }

    private Message message(Type type, Claim claim, @Nullable String failed) {
        List<Doubt> doubts = new ArrayList<>();
        for (Peer peer : others()) {
            if (peer.isSuspected || peer.isFailed) {
                doubts.add(new Doubt(peer.id, peer.isFailed));
            }
        }
        return new Message(type, myself.id, myself.masterId, saved.currentEpoch, host.offset(), claim, doubts, failed);
    }

    private Peer masterOfMyself() {
        return myself.masterId == null ? myself : saved.peers.get(myself.masterId);
    }

    /** The sets of slots are replaced when they change, so messages can share them. */
    private static Claim claimOf(Peer peer) {
        return new Claim(peer.id, peer.configEpoch, peer.slots);
    }

    /** The peer's process has ended, or refused the connection. */
    void disconnected(String id) {
        Peer peer = saved.peers.get(id);
        peer.isDisconnected = true;
        peer.pipe = null;
    }

    void received(Message message) {
        Peer sender = saved.peers.get(message.sender);
        saved.currentEpoch = Math.max(saved.currentEpoch, message.currentEpoch);
        sender.heardNanos = process.nanoTime();
        sender.offset = message.offset;
        switch (message.type) {
            case PING -> {
                learn(sender, message);
                send(sender, message(Type.PONG));
            }
            case PONG -> {
                sender.pingNanos = 0;
                sender.isDisconnected = false;
                reachable(sender);
                learn(sender, message);
            }
            case FAIL -> fail(saved.peers.get(message.failed));
            case UPDATE -> update(message.claim);
            case VOTE_REQUEST -> vote(sender, message);
            case VOTE -> {
                if (sender.isMaster() && sender.hasSlots() && message.currentEpoch >= electionEpoch) {
                    votes++;
                }
            }
        }
    }

    private void reachable(Peer sender) {
        sender.isSuspected = false;
        boolean isReplaced = !sender.isMaster() || !sender.hasSlots();
        boolean isForgotten = process.nanoTime() - sender.failedNanos > 2 * NODE_TIMEOUT.toNanos();
        if (sender.isFailed && (isReplaced || isForgotten)) {
            sender.isFailed = false;
        }
    }

    private void learn(Peer sender, Message message) {
        if (message.masterOfSender == null) {
            sender.masterId = null;
            sender.configEpoch = Math.max(sender.configEpoch, message.claim.configEpoch);
        } else {
            if (sender.isMaster()) {
                sender.slots = new BitSet();
            }
            sender.masterId = message.masterOfSender;
        }
        Peer claimant = saved.peers.get(message.claim.master);
        if (claimant.isMaster() && !claimant.slots.equals(message.claim.slots)) {
            accept(claimant, message.claim);
            correct(sender, message.claim);
        }
        if (sender.isMaster()) {
            listen(sender, message.doubts);
        }
    }

    /** Assigns slots to a master whose claim is newer than that of their present master. */
    private void accept(Peer claimant, Claim claim) {
        Peer mine = masterOfMyself();
        boolean wasMine = mine.hasSlots();
        BitSet won = new BitSet();
        claim.slots.stream().forEach(slot -> {
            Peer owner = owner(slot);
            if (owner != claimant && (owner == null || owner.configEpoch < claim.configEpoch)) {
                won.set(slot);
            }
        });
        if (won.isEmpty()) {
            return;
        }
        BitSet lostHere = intersection(myself.slots, won);
        for (Peer peer : saved.peers.values()) {
            if (peer != claimant && peer.slots.intersects(won)) {
                peer.slots = difference(peer.slots, won);
            }
        }
        claimant.slots = union(claimant.slots, won);
        if (wasMine && !mine.hasSlots() && claimant != mine) {
            world.log(name + ": follows " + claimant.endpoint);
            myself.masterId = claimant.id;
            host.follow(claimant.id);
        } else {
            lostHere.stream().forEach(host::lostSlot);
        }
    }

    static BitSet intersection(BitSet one, BitSet other) {
        BitSet both = (BitSet) one.clone();
        both.and(other);
        return both;
    }

    static BitSet difference(BitSet one, BitSet other) {
        BitSet left = (BitSet) one.clone();
        left.andNot(other);
        return left;
    }

    static BitSet union(BitSet one, BitSet other) {
        BitSet all = (BitSet) one.clone();
        all.or(other);
        return all;
    }

    /** Sends a newer claim to a node that claims slots of another one. */
    private void correct(Peer sender, Claim claim) {
        for (Peer peer : saved.peers.values()) {
            if (!peer.id.equals(claim.master)
                    && peer.slots.intersects(claim.slots)
                    && peer.configEpoch > claim.configEpoch) {
                send(sender, message(Type.UPDATE, claimOf(peer), null));
                return;
            }
        }
    }

    private void update(Claim claim) {
        Peer claimant = saved.peers.get(claim.master);
        if (claimant.configEpoch < claim.configEpoch) {
            claimant.masterId = null;
            claimant.configEpoch = claim.configEpoch;
            accept(claimant, claim);
        }
    }

    private void listen(Peer sender, List<Doubt> doubts) {
        long now = process.nanoTime();
        for (Peer peer : others()) {
            peer.reports.remove(sender.id);
        }
        for (Doubt doubt : doubts) {
            Peer peer = saved.peers.get(doubt.id);
            if (peer != myself) {
                peer.reports.put(sender.id, now);
                failIfAgreed(peer);
            }
        }
    }

    private void failIfAgreed(Peer peer) {
        if (!peer.isSuspected || peer.isFailed) {
            return;
        }
        long oldest = process.nanoTime() - 2 * NODE_TIMEOUT.toNanos();
        peer.reports.values().removeIf(reported -> reported < oldest);
        if (peer.reports.size() + (myself.isMaster() ? 1 : 0) >= majority()) {
            fail(peer);
            broadcast(message(Type.FAIL, claimOf(masterOfMyself()), peer.id));
        }
    }

    private void fail(Peer peer) {
        if (peer != myself && !peer.isFailed) {
            world.log(name + ": regards " + peer.endpoint + " as failed");
            peer.isFailed = true;
            peer.isSuspected = false;
            peer.failedNanos = process.nanoTime();
        }
    }

    private void standForElection(long now) {
        Peer master = masterOfMyself();
        if (master == myself
                || !master.isFailed
                || !master.hasSlots()
                || host.dataAge().compareTo(MAX_DATA_AGE) > 0) {
            return;
        }
        if (electionNanos == 0 || now - electionNanos > 2 * ELECTION_TIMEOUT.toNanos()) {
            Duration delay = Duration.ofMillis(500L + process.random().nextInt(500) + 1000L * rank());
            electionNanos = now + delay.toNanos();
            isVoteRequested = false;
            votes = 0;
        } else if (now >= electionNanos && now - electionNanos <= ELECTION_TIMEOUT.toNanos()) {
            if (!isVoteRequested) {
                isVoteRequested = true;
                electionEpoch = ++saved.currentEpoch;
                world.log(name + ": asks for votes in epoch " + electionEpoch);
                broadcast(message(Type.VOTE_REQUEST));
            } else if (votes >= majority()) {
                replace(master);
            }
        }
    }

    /** How many replicas of the same master have more of its data. */
    private int rank() {
        int rank = 0;
        for (Peer peer : others()) {
            if (myself.masterId.equals(peer.masterId) && peer.offset > host.offset()) {
                rank++;
            }
        }
        return rank;
    }

    private void replace(Peer master) {
        world.log(name + ": elected in epoch " + electionEpoch + " instead of " + master.endpoint);
        electionNanos = 0;
        myself.masterId = null;
        myself.configEpoch = electionEpoch;
        myself.slots = master.slots;
        master.slots = new BitSet();
        host.becomeMaster();
        broadcast(message(Type.PONG));
    }

    private void vote(Peer sender, Message request) {
        Peer master = sender.masterId == null ? null : saved.peers.get(sender.masterId);
        if (!myself.isMaster()
                || !myself.hasSlots()
                || request.currentEpoch < saved.currentEpoch
                || saved.lastVoteEpoch == saved.currentEpoch
                || master == null
                || !master.isFailed
                || process.nanoTime() - master.votedNanos < 2 * NODE_TIMEOUT.toNanos()) {
            return;
        }
        boolean isOutdated = saved.peers.values().stream()
                .anyMatch(peer ->
                        peer.slots.intersects(request.claim.slots) && peer.configEpoch > request.claim.configEpoch);
        if (!isOutdated) {
            master.votedNanos = process.nanoTime();
            saved.lastVoteEpoch = saved.currentEpoch;
            send(sender, message(Type.VOTE));
        }
    }

    private void updateState(long now) {
        long reachable = votingMasters().stream()
                .filter(peer -> !peer.isSuspected && !peer.isFailed)
                .count();
        if (myself.isMaster() && now - startedNanos < WRITABLE_DELAY.toNanos()) {
            return;
        }
        if (reachable < majority()) {
            minorityNanos = now;
            setOk(false);
        } else if (!myself.isMaster() || now - minorityNanos >= NODE_TIMEOUT.toNanos() || isOk) {
            setOk(true);
        }
    }

    private void setOk(boolean changed) {
        if (isOk != changed) {
            isOk = changed;
            world.log(name + ": cluster_state:" + (isOk ? "ok" : "fail"));
        }
    }

    /** {@code CLUSTER NODES}. */
    String nodes() {
        return saved.peers.values().stream().map(this::line).collect(Collectors.joining());
    }

    private String line(Peer peer) {
        String slots = ranges(peer.slots).stream()
                .map(range -> " " + range[0] + (range[0] == range[1] ? "" : "-" + range[1]))
                .collect(Collectors.joining());
        return peer.id + " " + peer.endpoint + "@" + (peer.endpoint.port() + 10000) + " "
                + (peer == myself ? "myself," : "")
                + (peer.isMaster() ? "master" : "slave")
                + (peer.isFailed ? ",fail" : peer.isSuspected ? ",fail?" : "")
                + " " + (peer.isMaster() ? "-" : peer.masterId) + " 0 0 "
                + (peer.isMaster() ? peer : saved.peers.get(peer.masterId)).configEpoch + " "
                + (peer.isDisconnected ? "disconnected" : "connected") + slots + "\n";
    }

    /** {@code CLUSTER SLOTS}. */
    List<Object> slots() {
        List<Object> all = new ArrayList<>();
        for (Peer master : saved.peers.values()) {
            for (int[] range : ranges(master.slots)) {
                List<Object> entry = new ArrayList<>(List.of((long) range[0], (long) range[1], address(master)));
                saved.peers.values().stream()
                        .filter(peer -> master.id.equals(peer.masterId) && !peer.isFailed)
                        .forEach(peer -> entry.add(address(peer)));
                all.add(entry);
            }
        }
        return all;
    }

    private static List<Object> address(Peer peer) {
        return List.of(peer.endpoint.host(), (long) peer.endpoint.port(), peer.id);
    }

    /** {@code CLUSTER INFO}. */
    String info() {
        return "cluster_state:" + (isOk ? "ok" : "fail") + "\r\ncluster_current_epoch:" + saved.currentEpoch
                + "\r\ncluster_size:" + votingMasters().size() + "\r\n";
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
