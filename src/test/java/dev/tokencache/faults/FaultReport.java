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
 * What callers saw of a fault.
 *
 * @param struck the shards that it happened to; all others should not have noticed
 * @param faultNanos when it happened
 * @param recoveryNanos when the cluster itself served the struck shards again, most often by a new master
 * @param lost how many acknowledged writes are gone
 * @param acknowledged how many there were
 * @param isServedAfter whether there was full service at the end
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

    /** About as long as the service lets a node think: a stall that can be mistaken for the fault of a server. */
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

    /** The same without the time in which the machine itself stood still. */
    Duration longestCallBesideStalls() {
        return answers.stream()
                .map(answer -> answer.latency().minus(heartbeat.stoodStill(answer.startNanos(), answer.endNanos())))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** How long the machine itself stood still, at most: no service could do better than that. */
    Duration longestStall() {
        return heartbeat.longestStall();
    }

    /** How many unknown answers the other shards gave, apart from those that the machine is to blame for. */
    long unknownElsewhere() {
        return answers.stream()
                .filter(answer -> answer.isUnknown() && !struck.contains(answer.shard()))
                .filter(answer -> !heartbeat.stoodStillFor(EXCUSE, answer.startNanos(), answer.endNanos()))
                .count();
    }

    /** The longest time without a good answer of one of the other shards. */
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

    /** From the recovery to the last unknown answer of the struck shards; zero if there was none, or none so late. */
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
