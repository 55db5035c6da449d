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
    /** How long a manual failover may take, from the request of the replica to its election. */
    private static final Duration HANDOVER_TIMEOUT = Duration.ofSeconds(5);

    /** What a bus needs of its node. */
    interface Host {

        void becomeMaster();

        void follow(String masterId);

        /** Drops the keys of a slot that another master serves. */
        void lostSlot(int slot);

        /** Whether the slot is being moved here: then only the one who moves it assigns it. */
        boolean isImporting(int slot);

        /** Whether the node still reads its data: then it replies to others, but sends nothing on its own. */
        boolean isLoading();

        /** Holds the commands of clients during a manual failover. */
        void pauseClients();

        void resumeClients();

        /** The connection to another node's bus; the bus sends nothing else on it. */
        void send(SimulatedNetwork.Pipe pipe, String to, Message message);

        /** Passes a published message to another node. */
        void publish(SimulatedNetwork.Pipe pipe, String to, String channel, String message);

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
        /** Another node replies at the address of this one. */
        private boolean isAddressUnknown;

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
        /** A replica asks its master to hand over. */
        HANDOVER,
        VOTE_REQUEST,
        VOTE
    }

    /** A node that the sender suspects or knows to have failed. */
    private record Doubt(String id, boolean isFailed) {}

    /** The slots of a master, as of a configuration. */
    private record Claim(String master, long configEpoch, BitSet slots) {}

    /**
     * @param claim the slots of the sender or its master, or of the subject of an {@code UPDATE}
     * @param failed the subject of a {@code FAIL}
     * @param isHandover from a master: its clients are paused; from a replica: vote also if the master works
     */
    record Message(
            Type type,
            String sender,
            @Nullable String masterOfSender,
            long currentEpoch,
            long offset,
            Claim claim,
            List<Doubt> doubts,
            @Nullable String failed,
            boolean isHandover) {}

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

    /** When the present manual failover is given up; 0 if there is none. */
    private long handoverEndNanos;

    /** On a master, the replica that takes over. */
    private @Nullable Peer successor;

    /** On a replica, the offset at which its paused master stands; -1 until it says so. */
    private long handoverOffset = -1;

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

        String self() {
            return self;
        }

        @Nullable
        String masterId() {
            return peers.get(self).masterId;
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
        void meet(Saved other) {
            other.peers.values().forEach(peer -> {
                if (!peers.containsKey(peer.id)) {
                    add(peer.id, peer.endpoint, peer.masterId, peer.configEpoch, peer.slots);
                }
            });
        }

        /** {@code CLUSTER REPLICATE}, before the start of the node's process. */
        void replicate(String masterId) {
            peers.get(self).masterId = masterId;
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
        if (host.isLoading()) {
            return;
        }
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
        handOver(now);
        standForElection(now);
        updateState(now);
    }

    private void ping(Peer peer, long now) {
        if (peer.isAddressUnknown) {
            return;
        }
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

    /** Passes a published message to all nodes. It is lost where there is no connection, or if that ends meanwhile. */
    void publish(String channel, String message) {
        for (Peer peer : others()) {
            if (peer.pipe != null) {
                host.publish(peer.pipe, peer.id, channel, message);
            }
        }
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
        return new Message(
                type,
                myself.id,
                myself.masterId,
                saved.currentEpoch,
                host.offset(),
                claim,
                doubts,
                failed,
                handoverEndNanos != 0);
    }

    private Peer masterOfMyself() {
        return myself.masterId == null ? myself : saved.peers.getOrDefault(myself.masterId, myself);
    }

    /** The sets of slots are replaced when they change, so messages can share them. */
    private static Claim claimOf(Peer peer) {
        return new Claim(peer.id, peer.configEpoch, peer.slots);
    }

    /** The peer's process has ended, or refused the connection. */
    void disconnected(String id) {
        Peer peer = saved.peers.get(id);
        if (peer != null) {
            peer.isDisconnected = true;
            peer.pipe = null;
        }
    }

    /** Another node replied at the peer's address. */
    void mismatched(String id) {
        Peer peer = saved.peers.get(id);
        if (peer != null) {
            disconnected(id);
            if (!peer.isAddressUnknown) {
                peer.isAddressUnknown = true;
                world.log(name + ": " + peer.endpoint + " is another node");
            }
        }
    }

    void received(Message message) {
        Peer sender = saved.peers.get(message.sender);
        if (sender == null) {
            return;
        }
        saved.currentEpoch = Math.max(saved.currentEpoch, message.currentEpoch);
        sender.heardNanos = process.nanoTime();
        sender.offset = message.offset;
        switch (message.type) {
            case PING -> {
                sender.isAddressUnknown = false;
                learn(sender, message);
                send(sender, message(Type.PONG));
            }
            case PONG -> {
                sender.pingNanos = 0;
                sender.isDisconnected = false;
                reachable(sender);
                learn(sender, message);
            }
            case FAIL -> {
                if (saved.knows(message.failed)) {
                    fail(saved.peers.get(message.failed));
                }
            }
            case HANDOVER -> prepareHandover(sender);
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
        if (message.isHandover && handoverEndNanos != 0 && sender.id.equals(myself.masterId) && handoverOffset < 0) {
            handoverOffset = message.offset;
        }
        separateEpochs(sender);
        Peer claimant = saved.peers.get(message.claim.master);
        if (claimant == null) {
            return;
        }
        if (claimant.isMaster() && !claimant.slots.equals(message.claim.slots)) {
            accept(claimant, message.claim);
            correct(sender, message.claim);
        }
        if (sender.isMaster()) {
            listen(sender, message.doubts);
        }
    }

    /** Two masters with the same config epoch: the one with the smaller id takes a new one. */
    private void separateEpochs(Peer sender) {
        if (sender.isMaster()
                && myself.isMaster()
                && sender.configEpoch == myself.configEpoch
                && sender.id.compareTo(myself.id) > 0) {
            myself.configEpoch = ++saved.currentEpoch;
            world.log(name + ": takes epoch " + myself.configEpoch + ", since " + sender.endpoint + " has the same");
        }
    }

    /** {@code CLUSTER BUMPEPOCH}: takes a new config epoch that no one agreed to. */
    void bumpEpoch() {
        long max = saved.peers.values().stream()
                .mapToLong(peer -> peer.configEpoch)
                .max()
                .orElse(0);
        if (myself.configEpoch == 0 || myself.configEpoch < Math.max(max, saved.currentEpoch)) {
            myself.configEpoch = ++saved.currentEpoch;
            world.log(name + ": takes epoch " + myself.configEpoch);
        }
    }

    /** {@code CLUSTER SETSLOT NODE}. */
    void assign(int slot, String id) {
        Peer target = saved.peers.get(id);
        Peer present = owner(slot);
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
        broadcast(message(Type.PONG));
    }

    /** {@code CLUSTER REPLICATE} on a master without slots, or on a replica. */
    void replicate(String masterId) {
        world.log(name + ": follows " + saved.peers.get(masterId).endpoint);
        myself.masterId = masterId;
        host.follow(masterId);
    }

    /** {@code CLUSTER FAILOVER}: begins to take over from the master, which helps. */
    void failOver() {
        Peer master = masterOfMyself();
        if (master != myself && !master.isFailed && !master.isDisconnected) {
            world.log(name + ": asks " + master.endpoint + " to hand over");
            beginHandover();
            send(master, message(Type.HANDOVER));
        }
    }

    private void beginHandover() {
        endHandover();
        handoverEndNanos = process.nanoTime() + HANDOVER_TIMEOUT.toNanos();
    }

    private void endHandover() {
        if (successor != null) {
            host.resumeClients();
        }
        handoverEndNanos = 0;
        handoverOffset = -1;
        successor = null;
    }

    private void prepareHandover(Peer replica) {
        if (myself.isMaster() && myself.id.equals(replica.masterId)) {
            world.log(name + ": hands over to " + replica.endpoint);
            beginHandover();
            successor = replica;
            host.pauseClients();
            send(replica, message(Type.PING));
        }
    }

    private void handOver(long now) {
        if (handoverEndNanos == 0) {
            return;
        }
        if (now > handoverEndNanos) {
            world.log(name + ": gives up the manual failover");
            endHandover();
        } else if (successor != null) {
            send(successor, message(Type.PING));
        }
    }

    /** Whether this replica has all that its paused master has. */
    private boolean isHandoverReady() {
        return handoverEndNanos != 0 && handoverOffset >= 0 && host.offset() >= handoverOffset;
    }

    /** Assigns slots to a master whose claim is newer than that of their present master. */
    private void accept(Peer claimant, Claim claim) {
        Peer mine = masterOfMyself();
        boolean wasMine = mine.hasSlots();
        BitSet won = new BitSet();
        claim.slots.stream().forEach(slot -> {
            Peer owner = owner(slot);
            if (owner != claimant
                    && !host.isImporting(slot)
                    && (owner == null || owner.configEpoch < claim.configEpoch)) {
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
            endHandover();
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
        if (claimant != null && claimant.configEpoch < claim.configEpoch) {
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
                || (!master.isFailed && !isHandoverReady())
                || !master.hasSlots()
                || host.dataAge().compareTo(MAX_DATA_AGE) > 0) {
            return;
        }
        if (electionNanos == 0 || now - electionNanos > 2 * ELECTION_TIMEOUT.toNanos()) {
            Duration delay = isHandoverReady()
                    ? Duration.ZERO
                    : Duration.ofMillis(500L + process.random().nextInt(500) + 1000L * rank());
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
        endHandover();
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
                || (!master.isFailed && !request.isHandover)
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
        return peer.id + " "
                + (peer.isAddressUnknown ? ":0@0" : peer.endpoint + "@" + (peer.endpoint.port() + 10000)) + " "
                + (peer == myself ? "myself," : "")
                + (peer.isMaster() ? "master" : "slave")
                + (peer.isAddressUnknown ? ",noaddr" : "")
                + (peer.isFailed ? ",fail" : peer.isSuspected ? ",fail?" : "")
                + " " + (peer.isMaster() ? "-" : peer.masterId) + " 0 0 "
                + (peer.isMaster() ? peer : saved.peers.getOrDefault(peer.masterId, peer)).configEpoch + " "
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
        return peer.isAddressUnknown
                ? List.of("", 0L, peer.id)
                : List.of(peer.endpoint.host(), (long) peer.endpoint.port(), peer.id);
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
