package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.simulation.SimulatedNetwork.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node of a simulated Redis Cluster. Its data and {@code nodes.conf} survive its process, unless a test loses the data. */
final class SimulatedNode {

    private static final Duration USUAL_LOADING = Duration.ofMillis(300);
    /** How long a master holds its clients at most during a manual failover. */
    private static final Duration MAX_CLIENT_PAUSE = Duration.ofSeconds(10);

    private final World world;
    private final SimulatedNetwork network;
    private final Endpoint endpoint;
    private final Function<String, SimulatedNode> nodesById;
    private final Database disk = new Database(() -> 0);
    private NodesConf saved;
    private Duration clockOffset = Duration.ZERO;
    private Duration loading = USUAL_LOADING;
    private boolean isOutOfMemory;
    private boolean isPasswordRefused;
    private int minReplicasToWrite;
    /** Slots that move from here to another node. */
    private final Map<Integer, Endpoint> migrating = new HashMap<>();

    private final Set<Integer> importing = new HashSet<>();
    private int starts;
    private @Nullable Run run;
    /** Another node that was started at this address instead. */
    private @Nullable SimulatedNode occupant;

    SimulatedNode(
            World world,
            SimulatedNetwork network,
            Endpoint endpoint,
            NodesConf saved,
            Function<String, SimulatedNode> nodesById) {
        this.world = world;
        this.network = network;
        this.endpoint = endpoint;
        this.saved = saved;
        this.nodesById = nodesById;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    String id() {
        return saved.self();
    }

    NodesConf saved() {
        return saved;
    }

    void log(String event) {
        world.log(host() + ": " + event);
    }

    /** The name of its host in the network. */
    String host() {
        return endpoint.toString();
    }

    /** The present process, or null while there is none. */
    @Nullable
    Run run() {
        return run;
    }

    /** The process that replies at the address of this node, perhaps another node's. */
    @Nullable
    Run listening() {
        return occupant == null ? run : occupant.run;
    }

    /** Lets another node reply at this address while this one does not run; null for none. */
    void occupy(@Nullable SimulatedNode other) {
        occupant = other;
    }

    boolean isMaster() {
        return saved.masterId() == null;
    }

    boolean isOutOfMemory() {
        return isOutOfMemory;
    }

    /** Refuses commands that need memory, with {@code OOM}. */
    void setOutOfMemory(boolean changed) {
        world.log(host() + (changed ? ": out of memory" : ": has memory again"));
        isOutOfMemory = changed;
    }

    int minReplicasToWrite() {
        return minReplicasToWrite;
    }

    /** Sets {@code min-replicas-to-write}. */
    void setMinReplicasToWrite(int replicas) {
        minReplicasToWrite = replicas;
    }

    /** Sets how far the clock of the node is ahead. */
    void setClockOffset(Duration changed) {
        world.log(host() + ": clock is ahead by " + changed.toMillis() + " ms");
        clockOffset = changed;
        if (run != null) {
            run.process.setClockOffset(changed);
        }
    }

    Duration clockOffset() {
        return clockOffset;
    }

    /** How long the node reads its data from its next start on. */
    void setLoading(Duration changed) {
        loading = changed;
    }

    /** Refuses new connections as if the password were wrong, and ends the others. */
    void refusePassword(boolean isRefused) {
        world.log(host() + (isRefused ? ": refuses the password" : ": accepts the password again"));
        isPasswordRefused = isRefused;
        if (isRefused && run != null) {
            run.disconnectClients();
        }
    }

    boolean isPasswordRefused() {
        return isPasswordRefused;
    }

    /** {@code CLUSTER SETSLOT MIGRATING}. */
    void migrate(int slot, Endpoint target) {
        migrating.put(slot, target);
    }

    /** {@code CLUSTER SETSLOT IMPORTING}. */
    void importSlot(int slot) {
        importing.add(slot);
    }

    @Nullable
    Endpoint migrationOf(int slot) {
        return migrating.get(slot);
    }

    boolean isImporting(int slot) {
        return importing.contains(slot);
    }

    /** Ends {@code MIGRATING} or {@code IMPORTING}, as the assignment of the slot does. */
    void moved(int slot) {
        migrating.remove(slot);
        importing.remove(slot);
    }

    /** Starts the process with what the last one stored. */
    void start() {
        world.log(host() + ": starts");
        run = new Run(new SimulatedProcess(world, host() + "#" + ++starts, clockOffset));
    }

    /** Ends the process as {@code SIGKILL} does: its host closes the connections, and refuses new ones. */
    void kill() {
        Run ended = run;
        if (ended != null) {
            world.log(host() + ": killed");
            run = null;
            disk.copyFrom(ended.data);
            ended.end();
        }
    }

    /** Loses everything that the last process stored, {@code nodes.conf} too: it starts as a node of no cluster. */
    void rebuild(String newId) {
        loseData();
        migrating.clear();
        importing.clear();
        saved = new NodesConf(newId);
        saved.add(newId, endpoint, null, 0, new BitSet());
    }

    /** Loses everything that the last process stored, except {@code nodes.conf}. */
    void loseData() {
        world.log(host() + ": lost its data");
        disk.clear();
    }

    void pause(Duration duration) {
        if (run != null) {
            world.log(host() + ": paused for " + duration.toMillis() + " ms");
            run.process.pause(duration);
        }
    }

    /** One process of the node, from its start to its end. */
    final class Run implements BusHost {
        private final SimulatedProcess process;
        private final Database data;
        private final LuaScripts scripts = new LuaScripts();
        private final Replication replication;
        private final ClusterBus bus;
        private final PubSub pubSub;
        private final Set<Session> sessions = new LinkedHashSet<>();
        private boolean isLoading = true;
        private boolean isPaused;
        /** Whether the present pause holds every command: older versions of Redis do. */
        private boolean isPauseOfAll;

        private int pauses;

        Run(SimulatedProcess process) {
            this.process = process;
            this.data = new Database(() -> process.clock().millis());
            data.copyFrom(disk);
            this.replication = new Replication(network, host(), process, data);
            this.bus = new ClusterBus(world, network, host(), process, saved, this);
            this.pubSub = new PubSub(bus::publish);
            process.schedule(loading, this::loaded);
        }

        private void loaded() {
            isLoading = false;
            String masterId = saved.masterId();
            if (masterId != null) {
                follow(masterId);
            }
        }

        SimulatedNode node() {
            return SimulatedNode.this;
        }

        SimulatedProcess process() {
            return process;
        }

        Database data() {
            return data;
        }

        LuaScripts scripts() {
            return scripts;
        }

        Replication replication() {
            return replication;
        }

        /** Identifies this run, as {@code INFO server} reports it. */
        String runId() {
            return String.format("%s%04x", id(), starts);
        }

        ClusterBus bus() {
            return bus;
        }

        PubSub pubSub() {
            return pubSub;
        }

        @Override
        public boolean isLoading() {
            return isLoading;
        }

        /** Passes the last changes on to the replicas. */
        void replicate() {
            List<List<String>> changes = data.takeChanges();
            if (!changes.isEmpty()) {
                replication.append(changes);
            }
        }

        /** Whether a command must wait for the end of a manual failover. */
        boolean holds(String command) {
            return isPaused && (isPauseOfAll || Database.isWrite(command) || command.startsWith("EVAL"));
        }

        @Override
        public void pauseClients() {
            isPaused = true;
            isPauseOfAll = process.random().nextBoolean();
            int pause = ++pauses;
            process.schedule(MAX_CLIENT_PAUSE, () -> {
                if (pause == pauses) {
                    resumeClients();
                }
            });
        }

        @Override
        public void resumeClients() {
            if (isPaused) {
                isPaused = false;
                List.copyOf(sessions).forEach(Session::runReceived);
            }
        }

        private void disconnectClients() {
            sessions.forEach(Session::end);
            sessions.clear();
        }

        /** A connection of a client; {@code onEnd} runs when the process ends. */
        Session accept(Runnable onEnd) {
            Session session = new Session(this, onEnd);
            sessions.add(session);
            return session;
        }

        void closed(Session session) {
            sessions.remove(session);
            pubSub.closed(session);
        }

        private void end() {
            replication.end();
            process.end();
            disconnectClients();
        }

        @Override
        public void becomeMaster() {
            replication.becomeMaster();
        }

        @Override
        public void follow(String masterId) {
            if (!isLoading) {
                replication.follow(
                        () -> {
                            Run master = Objects.requireNonNull(nodesById.apply(masterId)).run;
                            return master == null || master.isLoading ? null : master.replication;
                        },
                        nodesById.apply(masterId).host());
            }
        }

        @Override
        public void lostSlot(int slot) {
            data.deleteIf(key -> HashSlot.of(key.getBytes(StandardCharsets.ISO_8859_1)) == slot);
            data.takeChanges();
            migrating.remove(slot);
        }

        @Override
        public boolean isImporting(int slot) {
            return importing.contains(slot);
        }

        @Override
        public void send(Pipe pipe, String to, BusMessage message) {
            SimulatedNode receiver = nodesById.apply(to);
            pipe.send(() -> {
                Run there = receiver.listening();
                if (there == null) {
                    network.pipe(receiver.host(), host()).send(() -> process.run(() -> bus.disconnected(to)));
                } else if (!there.node().id().equals(to)) {
                    network.pipe(receiver.host(), host()).send(() -> process.run(() -> bus.mismatched(to)));
                } else {
                    there.process.run(() -> there.bus.received(message));
                }
            });
        }

        @Override
        public void publish(Pipe pipe, String to, String channel, String message) {
            pipe.send(() -> {
                Run there = nodesById.apply(to).run;
                if (there != null) {
                    there.process.run(() -> there.pubSub.deliver(channel, message));
                }
            });
        }

        @Override
        public long offset() {
            return replication.offset();
        }

        @Override
        public Duration dataAge() {
            return Duration.ofNanos(process.nanoTime() - replication.heardFromMasterNanos());
        }
    }
}
