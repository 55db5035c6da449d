package dev.tokencache.migration.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Repeats calls to a service that does not reply, for a limited time: a restarting instance must not end a command. */
final class Retry {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration maxSilence;
    private final LongSupplier nanos;
    private final Pause pause;
    private long silentSinceNanos = -1;

    /** Waits. */
    @FunctionalInterface
    interface Pause {
        void of(Duration time);
    }

    /**
     * @param maxSilence how long the service may stay silent
     * @param nanos a monotonic clock in nanoseconds
     */
    Retry(Duration maxSilence, LongSupplier nanos, Pause pause) {
        this.maxSilence = maxSilence;
        this.nanos = nanos;
        this.pause = pause;
    }

    /**
     * Calls once.
     *
     * @return the reply, or empty after a pause if there was none
     * @throws CommandFailedException if the service was silent for too long, or refused
     */
    <T> Optional<T> tryCall(Supplier<T> request) {
        try {
            T reply = request.get();
            silentSinceNanos = -1;
            return Optional.of(reply);
        } catch (CommandFailedException failure) {
            long now = nanos.getAsLong();
            silentSinceNanos = silentSinceNanos < 0 ? now : silentSinceNanos;
            if (failure.exitCode() != ExitCode.UNAVAILABLE || now - silentSinceNanos > maxSilence.toNanos()) {
                throw failure;
            }
            pause.of(PAUSE);
            return Optional.empty();
        }
    }

    /** Calls until there is a reply. */
    <T> T call(Supplier<T> request) {
        Optional<T> reply = tryCall(request);
        while (reply.isEmpty()) {
            reply = tryCall(request);
        }
        return reply.get();
    }

    static Retry upToOneMinute() {
        return new Retry(Duration.ofMinutes(1), System::nanoTime, Retry::sleep);
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException(ExitCode.UNAVAILABLE, "interrupted");
        }
    }
}
