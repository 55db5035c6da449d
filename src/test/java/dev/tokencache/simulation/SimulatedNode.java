package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.simulation.ClusterBus.Message;
import dev.tokencache.simulation.SimulatedNetwork.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node of a simulated Redis Cluster. Its data and {@code nodes.conf} survive its process, unless a test loses the data. */
final class SimulatedNode {

    private static final Duration LOADING = Duration.ofMillis(300);

    private final World world;
    private final SimulatedNetwork network;
    private final Endpoint endpoint;
    private final String id;
    private final ClusterBus.Saved saved;
    private final Function<String, SimulatedNode> nodesById;
    private final Database disk = new Database(() -> 0);
    private Duration clockOffset = Duration.ZERO;
    private boolean isOutOfMemory;
    private int minReplicasToWrite;
    /** Slots that move from here to another node. */
    private final Map<Integer, Endpoint> migrating = new HashMap<>();

    private final Set<Integer> importing = new HashSet<>();
    private int starts;
    private @Nullable Run run;

    SimulatedNode(
            World world,
            SimulatedNetwork network,
            Endpoint endpoint,
            String id,
            ClusterBus.Saved saved,
            Function<String, SimulatedNode> nodesById) {
        this.world = world;
        this.network = network;
        this.endpoint = endpoint;
        this.id = id;
        this.saved = saved;
        this.nodesById = nodesById;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    String id() {
        return id;
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

    /** How far the clock of the node is ahead, from its next start on. */
    void setClockOffset(Duration changed) {
        clockOffset = changed;
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
    final class Run implements ClusterBus.Host {
        private final SimulatedProcess process;
        private final Database data;
        private final LuaScripts scripts = new LuaScripts();
        private final Replication replication;
        private final ClusterBus bus;
        private final Set<Session> sessions = new LinkedHashSet<>();
        private boolean isLoading = true;

        Run(SimulatedProcess process) {
            this.process = process;
            this.data = new Database(() -> process.clock().millis());
            data.copyFrom(disk);
            this.replication = new Replication(network, host(), process, data);
            this.bus = new ClusterBus(world, network, host(), process, saved, this);
            process.schedule(LOADING, this::loaded);
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

        ClusterBus bus() {
            return bus;
        }

        boolean isLoading() {
            return isLoading;
        }

        /** A connection of a client; {@code onEnd} runs when the process ends. */
        Session accept(Runnable onEnd) {
            Session session = new Session(this, onEnd);
            sessions.add(session);
            return session;
        }

        void closed(Session session) {
            sessions.remove(session);
        }

        private void end() {
            replication.end();
            process.end();
            sessions.forEach(Session::end);
            sessions.clear();
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
        }

        @Override
        public void send(Pipe pipe, String to, Message message) {
            SimulatedNode receiver = nodesById.apply(to);
            pipe.send(() -> {
                Run there = receiver.run;
                if (there == null) {
                    network.pipe(receiver.host(), host()).send(() -> process.run(() -> bus.disconnected(to)));
                } else {
                    there.process.run(() -> there.bus.received(message));
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
