package dev.tokencache.operator.drill;

import java.util.concurrent.atomic.AtomicBoolean;

/** A token of a drill, and what is known of it. Thread-safe. */
final class Canary {

    enum State {
        LIVE,
        /** Its expiry was sent and not acknowledged: either verdict is right. */
        ENDING,
        EXPIRED
    }

    final int shard;
    final int slot;
    final String token;
    /** Whether it lives during the whole drill. */
    final boolean isStanding;

    volatile State state = State.LIVE;
    volatile long expiredNanos;
    final AtomicBoolean isReported = new AtomicBoolean();

    Canary(int shard, int slot, String token, boolean isStanding) {
        this.shard = shard;
        this.slot = slot;
        this.token = token;
        this.isStanding = isStanding;
    }
}
