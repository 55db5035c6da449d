package dev.tokencache.cli;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Repeats calls to a service that does not reply, for a limited time: a restarting instance must not end a command. */
public final class Retry {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration maxSilence;
    private final LongSupplier nanos;
    private final Consumer<Duration> pause;
    private long silentSinceNanos = -1;

    /** @param nanos a monotonic clock in nanoseconds */
    Retry(Duration maxSilence, LongSupplier nanos, Consumer<Duration> pause) {
        this.maxSilence = maxSilence;
        this.nanos = nanos;
        this.pause = pause;
    }

    /** Calls until there is a reply. Throws if the service was silent for too long, or refused. */
    public <T> T call(Supplier<T> request) {
        while (true) {
            try {
                T reply = request.get();
                silentSinceNanos = -1;
                return reply;
            } catch (ExitCode.Failure failure) {
                long now = nanos.getAsLong();
                silentSinceNanos = silentSinceNanos < 0 ? now : silentSinceNanos;
                if (failure.code() != ExitCode.UNAVAILABLE || now - silentSinceNanos > maxSilence.toNanos()) {
                    throw failure;
                }
                pause.accept(PAUSE);
            }
        }
    }

    public static Retry upToOneMinute() {
        return new Retry(Duration.ofMinutes(1), System::nanoTime, Retry::sleep);
    }

    public static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExitCode.UNAVAILABLE.failure("interrupted");
        }
    }
}
