package dev.tokencache.testing.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions that other processes fulfil. */
final class Await {

    /** Checks are ever rarer: each connects to several servers, which takes a busy machine milliseconds. */
    private static final long STEP_MILLIS = 10;

    private static final long MAX_MILLIS = 100;

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
        for (long millis = STEP_MILLIS; ; millis = Math.min(millis + STEP_MILLIS, MAX_MILLIS)) {
            boolean isLast = System.nanoTime() - deadline >= 0;
            if (condition.getAsBoolean()) {
                return true;
            }
            if (isLast) {
                return false;
            }
            pause(millis);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
