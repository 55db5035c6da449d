package dev.tokencache.testing.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The faults of one direction of a {@link TcpFaultProxy}, for all its connections. Thread-safe. */
final class Passage {

    private enum State {
        OPEN,
        HELD,
        DROPPING
    }

    /** Linux' minimum for the first retransmission; each further one doubles it. */
    private static final long RETRANSMISSION_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final List<CaughtCommand> expected = new CopyOnWriteArrayList<>();
    private volatile long delayNanos;
    private volatile double lostShare;
    private State state = State.OPEN;
    private int dropped;

    void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    void lose(double share) {
        lostShare = share;
    }

    synchronized void hold() {
        state = State.HELD;
    }

    synchronized void drop() {
        state = State.DROPPING;
        notifyAll();
    }

    synchronized void mend() {
        state = State.OPEN;
        delayNanos = 0;
        lostShare = 0;
        notifyAll();
    }

    CaughtCommand expect(CaughtCommand command) {
        expected.add(command);
        return command;
    }

    /** The expectation that a piece of data fulfils. Each is fulfilled once. */
    Optional<CaughtCommand> caught(byte[] data) {
        return expected.stream()
                .filter(command -> command.matches(data) && expected.remove(command))
                .findFirst();
    }

    /** How much later than now a packet arrives. */
    long nanosOnTheWay() {
        long nanos = delayNanos;
        for (long wait = RETRANSMISSION_NANOS; isLost(); wait *= 2) {
            nanos += wait;
        }
        return nanos;
    }

    private boolean isLost() {
        double share = lostShare;
        return share > 0 && ThreadLocalRandom.current().nextDouble() < share;
    }

    /** Waits while the direction is held. Returns false if the data is lost. */
    synchronized boolean awaitPassage() throws InterruptedException {
        while (state == State.HELD) {
            wait();
        }
        if (state == State.DROPPING) {
            dropped++;
        }
        return state == State.OPEN;
    }

    synchronized int dropped() {
        return dropped;
    }
}
