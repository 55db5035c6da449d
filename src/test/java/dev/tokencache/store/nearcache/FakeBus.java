package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A bus whose messages a test delivers, or loses, by hand. */
final class FakeBus implements RevocationBus {

    final List<Revocation> announced = new ArrayList<>();
    private final Queue<Revocation> underWay = new ArrayDeque<>();
    private final List<Listener> listeners = new ArrayList<>();
    private long listeningEpoch = 1;
    private boolean isSure = true;

    @Override
    public long listeningEpoch() {
        return isSure ? listeningEpoch : NOT_SURE;
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
        underWay.add(revocation);
    }

    /** Delivers what is under way; whether that was anything. */
    boolean deliver() {
        boolean isSomething = !underWay.isEmpty();
        for (Revocation next = underWay.poll(); next != null; next = underWay.poll()) {
            for (Listener listener : listeners) {
                listener.heard(next, Duration.ofMillis(3), true);
            }
        }
        return isSomething;
    }

    /** Loses what is under way without noticing. */
    void dropSilently() {
        underWay.clear();
    }

    /** Loses what is under way, and notices. */
    void cut() {
        underWay.clear();
        isSure = false;
        listeningEpoch++;
    }

    /** Is late, but has lost nothing. */
    void hesitate() {
        isSure = false;
    }

    void catchUp() {
        isSure = true;
    }
}
