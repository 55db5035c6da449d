package dev.tokencache.journal.sql;

import dev.tokencache.redis.Time;
import java.time.Duration;

/**
 * Whether this process must read the journal: a volatile read, and for a shared journal a look at the clock. A process that stood
 * still has missed whether others wrote, so it trusts nothing that it knew before.
 */
final class JournalActivity {

    /** Longer than a garbage collection. Writers do not wait this long for a suspended process. */
    static final Duration MAX_STANDSTILL = Duration.ofSeconds(2);

    private static final Duration TICK = Duration.ofMillis(250);

    private final Time time;
    private final boolean isShared;
    private volatile long lastTickNanos;
    private volatile boolean empty = true;

    /** Odd during a write of this process. Distinguishes a marker read before or during a write from one after it. */
    private long changes;

    private boolean wasEmpty;

    /** @param isShared whether other processes write to the journal, too */
    JournalActivity(Time time, boolean isShared) {
        this.time = time;
        this.isShared = isShared;
    }

    /** Detects suspensions until the timer is cancelled. */
    Time.Timer start() {
        lastTickNanos = time.nanoTime();
        return isShared ? time.scheduleEvery(TICK, this::tick) : () -> {};
    }

    private void tick() {
        if (stoodStill()) {
            forget();
        }
        lastTickNanos = time.nanoTime();
    }

    private boolean stoodStill() {
        return time.nanoTime() - lastTickNanos > MAX_STANDSTILL.toNanos();
    }

    /** Also ignores a marker that was read before. */
    private synchronized void forget() {
        changes += 2;
        empty = false;
        wasEmpty = false;
    }

    boolean isEmpty() {
        return empty && !(isShared && stoodStill());
    }

    /** Called before a write: from now on every call reads the journal. Called by one thread only. */
    synchronized void writeStarted() {
        changes++;
        wasEmpty = empty;
        empty = false;
    }

    synchronized void writeSucceeded() {
        changes++;
    }

    /**
     * The write failed, or its outcome is unknown. It was not acknowledged, so no call needs to read it. An unreachable
     * database must not make every verdict unknown if it holds no acknowledged entry.
     */
    synchronized void writeFailed() {
        changes++;
        empty = wasEmpty;
    }

    /** Taken before the marker is read, and passed to {@link #markerRead}. */
    synchronized long changeCount() {
        return changes;
    }

    /** Applies the marker as read. One that is not set is ignored if a write may have overtaken the read. */
    synchronized void markerRead(boolean isSet, long changeCount) {
        if (isSet) {
            empty = false;
            // If the current write fails, the journal still has the entries of another process.
            wasEmpty = false;
        } else if (changeCount % 2 == 0 && changeCount == changes) {
            empty = true;
        }
    }
}
