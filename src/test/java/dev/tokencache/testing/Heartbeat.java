package dev.tokencache.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Detects stalls of this machine with a thread that should run every few milliseconds. Times are those of
 * {@link System#nanoTime()}.
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

    /** The total duration of all stalls between these times. */
    public Duration stoodStill(long fromNanos, long toNanos) {
        return Duration.ofNanos(stalls.stream()
                .mapToLong(stall -> Math.min(stall.toNanos(), toNanos) - Math.max(stall.fromNanos(), fromNanos))
                .filter(nanos -> nanos > 0)
                .sum());
    }

    /** Whether there was a stall longer than that between these times. */
    public boolean stoodStillFor(Duration longer, long fromNanos, long toNanos) {
        return stalls.stream()
                .anyMatch(stall -> stall.nanos() > longer.toNanos()
                        && stall.fromNanos() - toNanos < 0
                        && stall.toNanos() - fromNanos > 0);
    }

    /** Whether there was no stall since then, not even one of 20 ms. */
    public boolean wasSteadySince(long startNanos) {
        // Read first: a stall is recorded before the beat that ends it.
        long beat = lastBeat;
        return System.nanoTime() - beat <= WORTH_NOTING_NANOS
                && stalls.stream().allMatch(stall -> stall.toNanos() - startNanos < 0);
    }

    @Override
    public void close() {
        closed = true;
    }
}
