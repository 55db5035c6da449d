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

/** What people were told in the course of a migration, and what of it was wrong. Thread-safe. */
final class Notes {

    /** What is counted for a validation of somebody who is logged in. */
    static final String VALIDATION = "validation";

    private record Told(String call, Outcome outcome) {}

    private final Map<Told, LongAdder> told = new ConcurrentHashMap<>();
    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
    private volatile String step = "the beginning";

    /** Names what happens from now on. */
    void step(String present) {
        step = present;
    }

    void told(String call, Outcome outcome) {
        told.computeIfAbsent(new Told(call, outcome), first -> new LongAdder()).increment();
    }

    void wrong(Session session, String asked, String verdict) {
        wrongs.add(verdict + " by " + asked + " in " + step + ": a token that was " + session.origin());
    }

    /** What should not have been said, and when. */
    List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    long calls() {
        return sum(told.keySet().stream());
    }

    long count(Outcome outcome) {
        return sum(told.keySet().stream().filter(key -> key.outcome() == outcome));
    }

    long count(String call, Outcome outcome) {
        return sum(Stream.of(new Told(call, outcome)));
    }

    private long sum(Stream<Told> keys) {
        return keys.map(told::get)
                .mapToLong(count -> count == null ? 0 : count.sum())
                .sum();
    }

    @Override
    public String toString() {
        return told + " until " + step;
    }
}
