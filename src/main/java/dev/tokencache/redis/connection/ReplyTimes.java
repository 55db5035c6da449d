package dev.tokencache.redis.connection;

import java.time.Duration;

/** How long a node takes to reply, and how long to wait: a network may be slow. Belongs to one event loop. */
final class ReplyTimes {

    private static final int USUAL_REPLIES = 2;

    private final long minNanos;
    private final long maxNanos;
    private long last;
    private long previous;

    ReplyTimes(Duration min, Duration max) {
        this.minNanos = min.toNanos();
        this.maxNanos = Math.max(minNanos, max.toNanos());
    }

    void add(long nanos) {
        previous = last == 0 ? nanos : last;
        last = nanos;
    }

    /** The shorter of the last two times: one slow reply is a stall, two are a slow network. */
    private long usual() {
        return Math.min(last, previous);
    }

    /** Whether replies usually take longer than the timeout of a fast node. */
    boolean isSlow() {
        return usual() > minNanos;
    }

    /** How long a node may take to reply before it counts as silent. */
    long timeoutNanos() {
        return Math.min(maxNanos, atLeast(minNanos));
    }

    /** The given time, or longer if replies usually take that long. */
    long atLeast(long nanos) {
        return Math.max(nanos, USUAL_REPLIES * usual());
    }
}
