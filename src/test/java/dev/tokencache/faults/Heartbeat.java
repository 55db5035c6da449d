package dev.tokencache.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Knows when this machine itself stood still: a thread that wants to run every few milliseconds and sees when it did not. */
final class Heartbeat implements AutoCloseable {

    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long WORTH_NOTING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** About as long as the service lets a node think. */
    private static final long EXCUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private record Stall(long fromNanos, long toNanos) {
        long nanos() {
            return toNanos - fromNanos;
        }
    }

    private final List<Stall> stalls = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::beat, "heartbeat");
    private volatile boolean closed;

    private Heartbeat() {}

    static Heartbeat start() {
        Heartbeat heartbeat = new Heartbeat();
        heartbeat.thread.setDaemon(true);
        heartbeat.thread.start();
        return heartbeat;
    }

    private void beat() {
        long last = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(BEAT_NANOS);
            long now = System.nanoTime();
            if (now - last > WORTH_NOTING_NANOS) {
                stalls.add(new Stall(last, now));
            }
            last = now;
        }
    }

    Duration longestStall() {
        return Duration.ofNanos(stalls.stream().mapToLong(Stall::nanos).max().orElse(0));
    }

    /** Whether a call met a stall that is long enough to be mistaken for the fault of a server. */
    boolean excuses(Answer answer) {
        return stalls.stream()
                .anyMatch(stall -> stall.nanos() > EXCUSE_NANOS
                        && stall.fromNanos() < answer.endNanos()
                        && stall.toNanos() > answer.startNanos());
    }

    @Override
    public void close() {
        closed = true;
    }
}
