package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node of a simulated cluster as another one knows it. Survives restarts, as {@code nodes.conf} does. */
final class Peer {
    final String id;
    final Endpoint endpoint;

    @Nullable
    String masterId;

    long configEpoch;
    BitSet slots = new BitSet();
    boolean isSuspected;
    boolean isFailed;
    long failedNanos;
    long votedNanos = Long.MIN_VALUE / 2;
    /** When the oldest ping without a reply was sent; 0 if there is none. */
    long pingNanos;

    long pipeNanos;
    long heardNanos;
    long offset;
    boolean isDisconnected;
    /** Another node replies at the address of this one. */
    boolean isAddressUnknown;

    SimulatedNetwork.@Nullable Pipe pipe;
    /** When each other master reported this node as failing. */
    final Map<String, Long> reports = new LinkedHashMap<>();

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

    /** The knowing node starts again. */
    void forgetConnection(long now) {
        pipe = null;
        pingNanos = 0;
        heardNanos = now;
        isSuspected = false;
        isDisconnected = false;
        reports.clear();
    }
}
