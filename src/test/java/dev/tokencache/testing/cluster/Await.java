package dev.tokencache.testing.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions that other processes fulfil. */
final class Await {

    private static final long POLL_MILLIS = 30;

    private Await() {}

    /** @throws IllegalStateException with that message, if the condition does not become true in time */
    static void until(Duration timeout, BooleanSupplier condition, Supplier<String> message) {
        if (!isSoon(timeout, condition)) {
            throw new IllegalStateException(message.get());
        }
    }

    /** Whether a condition becomes true in time. It is checked again after the deadline, in case this process has stalled. */
    static boolean isSoon(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            boolean isLast = System.nanoTime() - deadline >= 0;
            if (condition.getAsBoolean()) {
                return true;
            }
            if (isLast) {
                return false;
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
