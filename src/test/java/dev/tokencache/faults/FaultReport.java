package dev.tokencache.faults;

import dev.tokencache.faults.Answer.Kind;
import dev.tokencache.testing.Heartbeat;
import dev.tokencache.testing.Outcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The effect of a fault as callers saw it.
 *
 * @param struck the shards that the fault hit; it should not affect the others
 * @param faultNanos when the fault was injected
 * @param recoveryNanos when the cluster itself served the struck shards again, mostly after a promotion
 * @param lost number of acknowledged writes that were lost
 * @param acknowledged number of acknowledged writes
 * @param isServedAfter whether the service answered every call again at the end
 */
record FaultReport(
        String name,
        List<Answer> answers,
        Set<Integer> struck,
        long faultNanos,
        OptionalLong recoveryNanos,
        long lost,
        long acknowledged,
        boolean isServedAfter,
        Heartbeat heartbeat) {

    /** A stall of this length exceeds the service's reply timeout for a node, so it can look like a node failure. */
    private static final Duration EXCUSE = Duration.ofMillis(200);

    long falselyInactive() {
        return count(Outcome.INACTIVE);
    }

    long failed() {
        return count(Outcome.FAILED);
    }

    private long count(Outcome outcome) {
        return answers.stream().filter(answer -> answer.outcome() == outcome).count();
    }

    Duration longestCall() {
        return answers.stream()
                .map(Answer::latency)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** The longest call, minus the time that the machine itself was stalled. */
    Duration longestCallWithoutStalls() {
        return answers.stream()
                .map(answer -> answer.latency().minus(heartbeat.stoodStill(answer.startNanos(), answer.endNanos())))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** The longest stall of the machine itself. No measured time can be shorter than that. */
    Duration longestStall() {
        return heartbeat.longestStall();
    }

    /** Counts the unknown answers of the other shards, except those during a stall of the machine. */
    long unknownElsewhere() {
        return answers.stream()
                .filter(answer -> answer.isUnknown() && !struck.contains(answer.shard()))
                .filter(answer -> !heartbeat.stoodStillFor(EXCUSE, answer.startNanos(), answer.endNanos()))
                .count();
    }

    /** The longest time without a served call on one of the other shards. */
    Duration longestSilenceElsewhere() {
        return answers.stream()
                .map(Answer::shard)
                .distinct()
                .filter(shard -> !struck.contains(shard))
                .map(this::longestSilenceOf)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private Duration longestSilenceOf(int shard) {
        long[] served = answers.stream()
                .filter(answer -> answer.shard() == shard && answer.isServed())
                .mapToLong(Answer::endNanos)
                .sorted()
                .toArray();
        long longest = 0;
        for (int i = 1; i < served.length; i++) {
            longest = Math.max(longest, served[i] - served[i - 1]);
        }
        return Duration.ofNanos(longest);
    }

    long unknown(Kind kind) {
        return unknownOfStruck(kind).count();
    }

    /** From the fault to the first unknown answer of the struck shards. */
    Optional<Duration> firstUnknown(Kind kind) {
        return unknownOfStruck(kind)
                .map(Answer::endNanos)
                .min(Comparator.naturalOrder())
                .map(end -> Duration.ofNanos(end - faultNanos));
    }

    /** From the fault to the last unknown answer of the struck shards; zero if there was none. */
    Duration unknownAfterFault(Kind kind) {
        return lastUnknown(kind).map(end -> Duration.ofNanos(end - faultNanos)).orElse(Duration.ZERO);
    }

    /** From the recovery to the last unknown answer of the struck shards; zero if none came after the recovery. */
    Duration unknownAfterRecovery(Kind kind) {
        return lastUnknown(kind)
                .map(end -> Duration.ofNanos(Math.max(0, end - recoveryNanos.orElse(faultNanos))))
                .orElse(Duration.ZERO);
    }

    /** From the fault to the recovery. */
    Optional<Duration> recovery() {
        return recoveryNanos.stream()
                .mapToObj(recovery -> Duration.ofNanos(recovery - faultNanos))
                .findFirst();
    }

    private Optional<Long> lastUnknown(Kind kind) {
        return unknownOfStruck(kind).map(Answer::endNanos).max(Comparator.naturalOrder());
    }

    private Stream<Answer> unknownOfStruck(Kind kind) {
        return answers.stream()
                .filter(answer -> answer.kind() == kind && answer.isUnknown() && struck.contains(answer.shard()));
    }
}
