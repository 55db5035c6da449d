package dev.tokencache.redis.connection;

import java.time.Duration;

/**
 * How long an attempt to connect may take. An attempt that took too long makes the next one longer, because the network may
 * only be slow: a login needs several round trips. Belongs to one event loop.
 */
final class ConnectTimeout {

    private final Duration usual;
    private final Duration max;
    private Duration next;

    /** @param max the maximum, if that is longer than the usual timeout */
    ConnectTimeout(Duration usual, Duration max) {
        this.usual = usual;
        this.max = max.compareTo(usual) > 0 ? max : usual;
        this.next = usual;
    }

    Duration next() {
        return next;
    }

    void missed() {
        Duration twice = next.multipliedBy(2);
        next = twice.compareTo(max) < 0 ? twice : max;
    }

    void succeededIn(long nanos) {
        if (nanos < usual.toNanos() / 2) {
            next = usual;
        }
    }
}
