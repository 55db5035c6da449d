package dev.tokencache.endtoend;

import dev.tokencache.endtoend.Sessions.Session;
import dev.tokencache.testing.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts the answers that people received during a migration, and records the wrong ones. Thread-safe. */
final class Notes {

    /** The call name for validations of live tokens. */
    static final String VALIDATION = "validation";

    private record Counted(String call, Outcome outcome) {}

    private final Map<Counted, LongAdder> counts = new ConcurrentHashMap<>();
    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
    private volatile String step = "the beginning";

    /** Names the current step, for messages. */
    void step(String present) {
        step = present;
    }

    void answered(String call, Outcome outcome) {
        counts.computeIfAbsent(new Counted(call, outcome), first -> new LongAdder())
                .increment();
    }

    void wrong(Session session, String call, String verdict) {
        wrongs.add(verdict + " by " + call + " in " + step + ": a token that was " + session.origin());
    }

    /** The wrong answers, each with its step. */
    List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    long calls() {
        return sum(counts.keySet().stream());
    }

    long count(Outcome outcome) {
        return sum(counts.keySet().stream().filter(key -> key.outcome() == outcome));
    }

    long count(String call, Outcome outcome) {
        return sum(Stream.of(new Counted(call, outcome)));
    }

    private long sum(Stream<Counted> keys) {
        return keys.map(counts::get)
                .mapToLong(count -> count == null ? 0 : count.sum())
                .sum();
    }

    @Override
    public String toString() {
        return counts + " until " + step;
    }
}
