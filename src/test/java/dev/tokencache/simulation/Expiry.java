package dev.tokencache.simulation;

import dev.tokencache.token.Durability;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An expiry of a token or a subject. Until it ends, and if it fails, both outcomes are possible. */
final class Expiry {

    /** A call without a result has ended by then; its instance may have been paused meanwhile. */
    static final long LONGEST_WRITE = Duration.ofSeconds(30).toNanos();

    /** No command of a call that failed runs later than this. */
    private static final long LONGEST_LATENESS = Duration.ofMillis(500).toNanos();

    /** Unless the clock of a node is set back while the network holds the command. */
    static final long LONGEST_HOLD = Duration.ofSeconds(30).toNanos();

    private final String instance;
    private final long startedAt;
    private final @Nullable KnownToken kept;
    private long endedAt;
    private boolean isAcknowledged;
    private boolean isJournaled;
    private boolean isPromised;

    /** @param kept the token of the subject that stays active, if there is one */
    Expiry(String instance, long startedAt, @Nullable KnownToken kept) {
        this.instance = instance;
        this.startedAt = startedAt;
        this.kept = kept;
        this.endedAt = startedAt + LONGEST_WRITE;
    }

    /** The process that made it. */
    String instance() {
        return instance;
    }

    long startedAt() {
        return startedAt;
    }

    long endedAt() {
        return endedAt;
    }

    boolean isAcknowledged() {
        return isAcknowledged;
    }

    /** Whether it was acknowledged when the journal had it, and Redis had not. */
    boolean isJournaled() {
        return isJournaled;
    }

    boolean keeps(KnownToken token) {
        return token == kept;
    }

    /** @param promised whether it must not be lost */
    void acknowledge(Durability durability, boolean promised, long now) {
        endedAt = now;
        isAcknowledged = true;
        isJournaled = durability == Durability.JOURNALED;
        isPromised = promised;
    }

    /** It may have run, or not, but does not run from now on. */
    void fail(long now) {
        endedAt = now + LONGEST_LATENESS;
    }

    /** The clock of a node was set back after it failed: the node may run its commands yet. */
    void mayRunYet(long now) {
        endedAt = now + LONGEST_HOLD;
    }

    void unpromise() {
        isPromised = false;
    }

    /** Whether it was acknowledged before a call started, and must not be lost. */
    boolean isOverBefore(long callStartedAt) {
        return isPromised && endedAt < callStartedAt;
    }

    boolean overlaps(long otherStartedAt, long otherEndedAt) {
        return otherStartedAt <= endedAt && otherEndedAt >= startedAt;
    }
}
