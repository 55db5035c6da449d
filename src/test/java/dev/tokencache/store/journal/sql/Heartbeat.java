package dev.tokencache.store.journal.sql;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Knows whether this machine stood still: what a process has a few hundred milliseconds for may be late then. It takes
 * several steps for that, each of which can be as late as the beat.
 */
final class Heartbeat implements AutoCloseable {

    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Thread thread = new Thread(this::beat, "heartbeat");
    private volatile long lastBeat = System.nanoTime();
    private volatile long lastStall = lastBeat;
    private volatile boolean closed;

    private Heartbeat() {}

    static Heartbeat start() {
        Heartbeat heartbeat = new Heartbeat();
        heartbeat.thread.setDaemon(true);
        heartbeat.thread.start();
        return heartbeat;
    }

    private void beat() {
        while (!closed) {
            LockSupport.parkNanos(BEAT_NANOS);
            long now = System.nanoTime();
            if (now - lastBeat > STALL_NANOS) {
                lastStall = now;
            }
            lastBeat = now;
        }
    }

    boolean wasSteadySince(long startNanos) {
        // First this, since a stall is noted before the beat that ends it.
        long beat = lastBeat;
        return System.nanoTime() - beat <= STALL_NANOS && lastStall - startNanos < 0;
    }

    @Override
    public void close() {
        closed = true;
    }
}
