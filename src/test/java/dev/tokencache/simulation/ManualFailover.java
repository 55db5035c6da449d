package dev.tokencache.simulation;

import dev.tokencache.simulation.BusMessage.Type;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The manual failover of one node: a replica asks its master to pause its clients, and takes over when it has all their writes. */
final class ManualFailover {

    /** How long it may take, from the request of the replica to its election. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ClusterBus bus;
    private final NodesConf conf;
    private final Peer myself;

    /** When the present one is given up; 0 if there is none. */
    private long endNanos;

    /** On a master, the replica that takes over. */
    private @Nullable Peer successor;

    /** On a replica, the offset at which its paused master stands; -1 until it says so. */
    private long masterOffset = -1;

    ManualFailover(ClusterBus bus, NodesConf conf) {
        this.bus = bus;
        this.conf = conf;
        this.myself = conf.myself();
    }

    boolean isInProgress() {
        return endNanos != 0;
    }

    /** On a replica: a message of its paused master. */
    void masterPaused(Peer sender, long offset) {
        if (endNanos != 0 && sender.id.equals(myself.masterId) && masterOffset < 0) {
            masterOffset = offset;
        }
    }

    /** {@code CLUSTER FAILOVER}: begins to take over from the master, which helps. */
    void start() {
        Peer master = conf.masterOfMyself();
        if (master != myself && !master.isFailed && !master.isDisconnected) {
            bus.log("asks " + master.endpoint + " to hand over");
            begin();
            bus.send(master, bus.message(Type.HANDOVER));
        }
    }

    private void begin() {
        end();
        endNanos = bus.process().nanoTime() + TIMEOUT.toNanos();
    }

    void end() {
        if (successor != null) {
            bus.host().resumeClients();
        }
        endNanos = 0;
        masterOffset = -1;
        successor = null;
    }

    /** On the master: a replica asked for its place. */
    void prepare(Peer replica) {
        if (myself.isMaster() && myself.id.equals(replica.masterId)) {
            bus.log("hands over to " + replica.endpoint);
            begin();
            successor = replica;
            bus.host().pauseClients();
            bus.send(replica, bus.message(Type.PING));
        }
    }

    /** Asks for the offset again, or gives up. */
    void check(long now) {
        if (endNanos == 0) {
            return;
        }
        if (now > endNanos) {
            bus.log("gives up the manual failover");
            end();
        } else if (successor != null) {
            bus.send(successor, bus.message(Type.PING));
        }
    }

    /** Whether this replica has all that its paused master has. */
    boolean isReady() {
        return endNanos != 0 && masterOffset >= 0 && bus.host().offset() >= masterOffset;
    }
}
