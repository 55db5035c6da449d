package dev.tokencache.devmode;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other processes do. */
final class Await {

    private static final long POLL_MILLIS = 10;

    private Await() {}

    /** @throws IllegalStateException with the complaint, if the condition does not become true in time */
    static void until(Duration timeout, BooleanSupplier condition, Supplier<String> complaint) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(complaint.get());
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
