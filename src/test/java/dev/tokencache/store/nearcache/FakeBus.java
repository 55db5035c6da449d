package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A bus whose messages a test delivers or drops. */
final class FakeBus implements RevocationBus {

    final List<Revocation> announced = new ArrayList<>();
    private final Queue<Revocation> pending = new ArrayDeque<>();
    private final List<Listener> listeners = new ArrayList<>();
    private long listeningEpoch = 1;
    private boolean isTrusted = true;

    @Override
    public long listeningEpoch() {
        return isTrusted ? listeningEpoch : UNTRUSTED;
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void announce(Revocation revocation) {
        announced.add(revocation);
    }

    void publish(Revocation revocation) {
        pending.add(revocation);
    }

    /** Delivers the pending messages. Returns whether there were any. */
    boolean deliver() {
        boolean hadMessages = !pending.isEmpty();
        for (Revocation next = pending.poll(); next != null; next = pending.poll()) {
            for (Listener listener : listeners) {
                listener.revoked(next, Duration.ofMillis(3), true);
            }
        }
        return hadMessages;
    }

    /** Loses the pending messages and stays trusted. */
    void dropSilently() {
        pending.clear();
    }

    /** Loses the pending messages and ends the listening epoch. */
    void cut() {
        pending.clear();
        isTrusted = false;
        listeningEpoch++;
    }

    /** Becomes untrusted without losing a message. */
    void hesitate() {
        isTrusted = false;
    }

    void catchUp() {
        isTrusted = true;
    }
}
