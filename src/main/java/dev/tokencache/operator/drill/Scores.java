package dev.tokencache.operator.drill;

import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Judges the answers to the canaries, by shard. Times are of the drill's monotonic clock, in nanoseconds. Thread-safe.
 *
 * <p>A shard is unknown from the start of a call without a verdict to the start of the next one that was served.
 */
public final class Scores {

    public enum Kind {
        READ,
        WRITE
    }

    /** What must never happen. */
    public enum Violation {
        FALSE_INACTIVE,
        REVOKED_ACTIVE,
        LOST
    }

    /**
     * The results of a shard so far.
     *
     * @param answers calls that were answered, unknown ones included
     * @param lastUnknownNanos when the last unknown read and write ended; 0 if there was none
     * @param unchecked acknowledged writes whose fate is unknown at the end
     */
    public record Score(
            long answers,
            long served,
            Duration unknownReads,
            Duration unknownWrites,
            long lastUnknownReadNanos,
            long lastUnknownWriteNanos,
            long falseInactive,
            long revokedActive,
            long acknowledged,
            long lost,
            long noResponse,
            long unchecked,
            Duration longest) {

        public Duration unknown() {
            return unknownReads.compareTo(unknownWrites) > 0 ? unknownReads : unknownWrites;
        }
    }

    private static final class Calls {
        private final NavigableSet<Long> served = new TreeSet<>();
        private final NavigableSet<Long> unknown = new TreeSet<>();
        private long lastUnknown;

        Duration unknown(long now) {
            TreeMap<Long, Long> firstByEnd = new TreeMap<>();
            for (long start : unknown) {
                Long next = served.higher(start);
                firstByEnd.merge(next == null ? Math.max(now, start) : next, start, Math::min);
            }
            long sum = 0;
            for (var outage : firstByEnd.entrySet()) {
                sum += outage.getKey() - outage.getValue();
            }
            return Duration.ofNanos(sum);
        }
    }

    private static final class Shard {
        private final Calls reads = new Calls();
        private final Calls writes = new Calls();
        private final long[] violations = new long[Violation.values().length];
        private long acknowledged;
        private long noResponse;
        private long unchecked;
        private long longest;
        private long answers;
    }

    private final List<Shard> shards;

    public Scores(int shards) {
        this.shards = Stream.generate(Shard::new).limit(shards).toList();
    }

    public synchronized void served(int shard, Kind kind, long start, long end) {
        calls(shard, kind).served.add(start);
        answered(shard, start, end);
    }

    public synchronized void unknown(int shard, Kind kind, long start, long end) {
        Calls calls = calls(shard, kind);
        calls.unknown.add(start);
        calls.lastUnknown = Math.max(calls.lastUnknown, end);
        answered(shard, start, end);
    }

    private void answered(int shard, long start, long end) {
        Shard it = shards.get(shard);
        it.answers++;
        it.longest = Math.max(it.longest, end - start);
    }

    private Calls calls(int shard, Kind kind) {
        return kind == Kind.READ ? shards.get(shard).reads : shards.get(shard).writes;
    }

    /** The connection to the service failed, or the status is none that its API describes. */
    public synchronized void noResponse(int shard) {
        shards.get(shard).noResponse++;
    }

    public synchronized void violated(int shard, Violation violation) {
        shards.get(shard).violations[violation.ordinal()]++;
    }

    public synchronized void acknowledged(int shard) {
        shards.get(shard).acknowledged++;
    }

    /** An acknowledged write could not be checked at the end. */
    public synchronized void unchecked(int shard) {
        shards.get(shard).unchecked++;
    }

    /** The results at a time; a shard that is unknown now counts until then. */
    public synchronized List<Score> at(long nowNanos) {
        return shards.stream().map(shard -> score(shard, nowNanos)).toList();
    }

    private static Score score(Shard shard, long now) {
        return new Score(
                shard.answers,
                shard.reads.served.size() + shard.writes.served.size(),
                shard.reads.unknown(now),
                shard.writes.unknown(now),
                shard.reads.lastUnknown,
                shard.writes.lastUnknown,
                shard.violations[Violation.FALSE_INACTIVE.ordinal()],
                shard.violations[Violation.REVOKED_ACTIVE.ordinal()],
                shard.acknowledged,
                shard.violations[Violation.LOST.ordinal()],
                shard.noResponse,
                shard.unchecked,
                Duration.ofNanos(shard.longest));
    }
}
