package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.topology.ClusterReport.State;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which masters the cluster itself reports as failed. It takes as many other masters to agree as Redis Cluster needs for a
 * promotion, so one node, or this service, that is cut off from a healthy master proves nothing. Written on one event loop;
 * safe to read from any thread.
 */
final class MasterFailures {

    /** What a master reports of the others, and when it was queried. */
    private record Report(long sentNanos, Map<Endpoint, State> states) {}

    /** The state of a master according to the others, and since when this service has seen it. */
    record Failure(State state, long sinceNanos) {}

    private static final Failure NONE = new Failure(State.WORKING, 0);

    private final Time time;
    private final long recentNanos;
    private final Map<Endpoint, Report> reports = new ConcurrentHashMap<>();
    private final Map<Endpoint, Long> since = new ConcurrentHashMap<>();
    /** Every master with one of its slots. */
    private volatile Map<Endpoint, Integer> masters = Map.of();

    /** @param recent how long a report counts */
    MasterFailures(Time time, Duration recent) {
        this.time = time;
        this.recentNanos = recent.toNanos();
    }

    /** Takes the masters of the current slot map, each with one of its slots. */
    void retain(Map<Endpoint, Integer> current) {
        masters = Map.copyOf(current);
        reports.keySet().retainAll(current.keySet());
        since.keySet().retainAll(current.keySet());
    }

    void reported(Endpoint reporter, long sentNanos, ClusterReport report) {
        Map<Endpoint, State> states = new HashMap<>();
        masters.forEach((master, slot) -> states.put(master, report.state(slot)));
        reports.put(reporter, new Report(sentNanos, states));
        masters.keySet().forEach(this::update);
    }

    private void update(Endpoint master) {
        Map<State, Integer> votes = votes(master);
        int quorum = quorum(masters.size());
        if (count(votes, State.DISCONNECTED) + count(votes, State.FAILED) >= quorum) {
            since.putIfAbsent(master, time.nanoTime());
        } else if (count(votes, State.WORKING) >= quorum) {
            since.remove(master);
        }
    }

    /** Records that a master replied to this service. */
    void contacted(Endpoint master) {
        since.remove(master);
    }

    /** The state of a master according to a quorum of the others. */
    Failure of(Endpoint master) {
        Long first = since.get(master);
        Map<State, Integer> votes = votes(master);
        int quorum = quorum(masters.size());
        if (first == null || count(votes, State.DISCONNECTED) + count(votes, State.FAILED) < quorum) {
            return NONE;
        }
        return new Failure(count(votes, State.FAILED) >= quorum ? State.FAILED : State.DISCONNECTED, first);
    }

    private Map<State, Integer> votes(Endpoint master) {
        Map<State, Integer> votes = new EnumMap<>(State.class);
        long now = time.nanoTime();
        reports.forEach((reporter, report) -> {
            State state = report.states().get(master);
            if (state != null && !reporter.equals(master) && now - report.sentNanos() <= recentNanos) {
                votes.merge(state, 1, Integer::sum);
            }
        });
        return votes;
    }

    private static int count(Map<State, Integer> votes, State state) {
        return votes.getOrDefault(state, 0);
    }

    /** How many masters a Redis Cluster of this size needs to declare one of them failed, and to promote its replica. */
    static int quorum(int masters) {
        return masters / 2 + 1;
    }
}
