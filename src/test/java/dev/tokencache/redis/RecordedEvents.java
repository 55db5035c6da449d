package dev.tokencache.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Records the name and the time of each router event. */
public final class RecordedEvents implements RouterEvents {

    private record Recorded(String name, long nanos) {}

    private final Time time;
    private final List<Recorded> events = new ArrayList<>();

    public RecordedEvents(Time time) {
        this.time = time;
    }

    /** How often an event occurred, such as {@code MOVED}. */
    public int count(String name) {
        return (int) events.stream().filter(event -> event.name.equals(name)).count();
    }

    /** The times between consecutive events of one name. */
    public List<Duration> gaps(String name) {
        List<Long> times = events.stream()
                .filter(event -> event.name.equals(name))
                .map(Recorded::nanos)
                .toList();
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < times.size(); i++) {
            gaps.add(Duration.ofNanos(times.get(i) - times.get(i - 1)));
        }
        return gaps;
    }

    private void add(String name) {
        events.add(new Recorded(name, time.nanoTime()));
    }

    @Override
    public void happened(Event event) {
        add(event.name());
    }

    @Override
    public void nodesChanged(List<RouterState.Node> nodes, Predicate<Endpoint> isUp) {
        add("nodesChanged");
    }

    @Override
    public void distrusted(Distrust reason) {
        add(reason.name());
    }
}
