package dev.tokencache.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Knows when this machine itself stood still: a thread that wants to run every few milliseconds and sees when it did not.
 * Times are of {@link System#nanoTime()}.
 */
public final class Heartbeat implements AutoCloseable {

    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long WORTH_NOTING_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private record Stall(long fromNanos, long toNanos) {
        long nanos() {
            return toNanos - fromNanos;
        }
    }

    private final List<Stall> stalls = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::beat, "heartbeat");
    private volatile long lastBeat = System.nanoTime();
    private volatile boolean closed;

    private Heartbeat() {}

    public static Heartbeat start() {
        Heartbeat heartbeat = new Heartbeat();
        heartbeat.thread.setDaemon(true);
        heartbeat.thread.start();
        return heartbeat;
    }

    private void beat() {
        while (!closed) {
            LockSupport.parkNanos(BEAT_NANOS);
            long now = System.nanoTime();
            if (now - lastBeat > WORTH_NOTING_NANOS) {
                stalls.add(new Stall(lastBeat, now));
            }
            lastBeat = now;
        }
    }

    public Duration longestStall() {
        return Duration.ofNanos(stalls.stream().mapToLong(Stall::nanos).max().orElse(0));
    }

    /** How long it stood still, all in all, between these two. */
    public Duration stoodStill(long fromNanos, long toNanos) {
        return Duration.ofNanos(stalls.stream()
                .mapToLong(stall -> Math.min(stall.toNanos(), toNanos) - Math.max(stall.fromNanos(), fromNanos))
                .filter(nanos -> nanos > 0)
                .sum());
    }

    /** Whether it stood still for longer than that, and at some time between these two. */
    public boolean stoodStillFor(Duration longer, long fromNanos, long toNanos) {
        return stalls.stream()
                .anyMatch(stall -> stall.nanos() > longer.toNanos()
                        && stall.fromNanos() - toNanos < 0
                        && stall.toNanos() - fromNanos > 0);
    }

    /** Whether it has not stood still since then, be it for some 20 ms. */
    public boolean wasSteadySince(long startNanos) {
        // First this, since a stall is noted before the beat that ends it.
        long beat = lastBeat;
        return System.nanoTime() - beat <= WORTH_NOTING_NANOS
                && stalls.stream().allMatch(stall -> stall.toNanos() - startNanos < 0);
    }

    @Override
    public void close() {
        closed = true;
    }
}
