package dev.tokencache.migration.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Asks a service again that gives no answer, for a while: a replica that restarts must not end what a command watches. */
final class Retry {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration longest;
    private final LongSupplier nanos;
    private final Pause pause;
    private long silentSinceNanos = -1;

    /** Waits. */
    @FunctionalInterface
    interface Pause {
        void of(Duration time);
    }

    /**
     * @param longest how long a silence may last
     * @param nanos a clock that only goes forward, in nanoseconds
     */
    Retry(Duration longest, LongSupplier nanos, Pause pause) {
        this.longest = longest;
        this.nanos = nanos;
        this.pause = pause;
    }

    /**
     * Asks once.
     *
     * @return the answer, or empty after a pause if there was none
     * @throws CommandFailedException if the silence has lasted too long, or the answer was a refusal
     */
    <T> Optional<T> tryCall(Supplier<T> question) {
        try {
            T answer = question.get();
            silentSinceNanos = -1;
            return Optional.of(answer);
        } catch (CommandFailedException failure) {
            long now = nanos.getAsLong();
            silentSinceNanos = silentSinceNanos < 0 ? now : silentSinceNanos;
            if (failure.exitCode() != ExitCode.UNAVAILABLE || now - silentSinceNanos > longest.toNanos()) {
                throw failure;
            }
            pause.of(PAUSE);
            return Optional.empty();
        }
    }

    /** Asks until there is an answer. */
    <T> T call(Supplier<T> question) {
        Optional<T> answer = tryCall(question);
        while (answer.isEmpty()) {
            answer = tryCall(question);
        }
        return answer.get();
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
