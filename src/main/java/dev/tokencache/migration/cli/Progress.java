package dev.tokencache.migration.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Measures progress and its speed over the last ten seconds. Not thread-safe. */
final class Progress {

    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

    private record Sample(long nanos, long done) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** The progress at one moment; a total of 0 and an empty time left are unknown. */
    record Reading(long done, long total, double perSecond, Optional<Duration> left, long mismatches) {

        /** From 0 to 100, even if the estimated total was too low. */
        int percent() {
            return total <= 0 ? 0 : (int) Math.min(100, done * 100 / total);
        }
    }

    Reading at(long nanos, long done, long total, long mismatches) {
        Sample last = samples.peekLast();
        if (last != null && done < last.done()) {
            // A new run.
            samples.clear();
        }
        samples.addLast(new Sample(nanos, done));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > WINDOW_NANOS) {
            samples.removeFirst();
        }
        double perSecond = perSecond(samples.getFirst(), samples.getLast());
        return new Reading(done, total, perSecond, left(done, total, perSecond), mismatches);
    }

    private static double perSecond(Sample first, Sample last) {
        long nanos = last.nanos() - first.nanos();
        return nanos <= 0 ? 0 : (last.done() - first.done()) * 1e9 / nanos;
    }

    private static Optional<Duration> left(long done, long total, double perSecond) {
        return total <= 0 || perSecond <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds((long) Math.ceil(Math.max(0, total - done) / perSecond)));
    }
}
