package dev.tokencache.store.revocation;

import dev.tokencache.redis.Time;
import java.time.Duration;
import java.util.Collection;

/**
 * Decides whether a revocation may have been missed, and numbers the gap-free listening epochs. Changes on one event loop;
 * {@link #current} may be called from any thread.
 */
final class ListeningEpoch {

    /** A subscription at one master. */
    interface Source {

        boolean isLive();

        /** All messages published before this moment were received; on the clock of {@link Time#nanoTime}. */
        long confirmedNanos();
    }

    private final Time time;
    private final long maxSilenceNanos;
    private long epochs;
    private volatile long epoch = RevocationBus.UNTRUSTED;
    private volatile long trustedUntilNanos;

    /** @param maxSilence how long a source may go without confirmation */
    ListeningEpoch(Time time, Duration maxSilence) {
        this.time = time;
        this.maxSilenceNanos = maxSilence.toNanos();
        this.trustedUntilNanos = time.nanoTime();
    }

    /** The current epoch, or {@link RevocationBus#UNTRUSTED}. */
    long current() {
        long present = epoch;
        return time.nanoTime() - trustedUntilNanos < 0 ? present : RevocationBus.UNTRUSTED;
    }

    /** Begins, extends or ends an epoch. Returns whether one began or ended. */
    boolean update(Collection<? extends Source> sources) {
        if (sources.isEmpty() || !sources.stream().allMatch(Source::isLive)) {
            return end();
        }
        long now = time.nanoTime();
        long longestAgo = 0;
        for (Source source : sources) {
            longestAgo = Math.max(longestAgo, now - source.confirmedNanos());
        }
        trustedUntilNanos = now - longestAgo + maxSilenceNanos;
        if (isOpen()) {
            return false;
        }
        epoch = ++epochs;
        return true;
    }

    /** Whether an epoch is open. It may still be untrusted for the moment. */
    boolean isOpen() {
        return epoch != RevocationBus.UNTRUSTED;
    }

    boolean end() {
        boolean wasOpen = isOpen();
        epoch = RevocationBus.UNTRUSTED;
        return wasOpen;
    }

    /** Invalidates everything learned so far, without losing trust in what follows. */
    void restart() {
        if (isOpen()) {
            epoch = ++epochs;
        }
    }
}
