package dev.tokencache.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Records the name and the time of each router event. */
public final class RecordedEvents implements RouterEvents {

    private record Event(String name, long nanos) {}

    private final Time time;
    private final List<Event> events = new ArrayList<>();

    public RecordedEvents(Time time) {
        this.time = time;
    }

    /** How often an event occurred, such as {@code moved}. */
    public int count(String name) {
        return (int) events.stream().filter(event -> event.name.equals(name)).count();
    }

    /** The times between consecutive events of one name. */
    public List<Duration> gaps(String name) {
        List<Long> times = events.stream()
                .filter(event -> event.name.equals(name))
                .map(Event::nanos)
                .toList();
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < times.size(); i++) {
            gaps.add(Duration.ofNanos(times.get(i) - times.get(i - 1)));
        }
        return gaps;
    }

    private void add(String name) {
        events.add(new Event(name, time.nanoTime()));
    }

    @Override
    public void moved() {
        add("moved");
    }

    @Override
    public void asked() {
        add("asked");
    }

    @Override
    public void refreshed() {
        add("refreshed");
    }

    @Override
    public void refreshFailed() {
        add("refreshFailed");
    }

    @Override
    public void nodesChanged(List<RouterState.Node> nodes, Predicate<Endpoint> isUp) {
        add("nodesChanged");
    }

    @Override
    public void deadlineClosed() {
        add("deadlineClosed");
    }

    @Override
    public void underReplicated() {
        add("underReplicated");
    }

    @Override
    public void shed() {
        add("shed");
    }

    @Override
    public void foreignNode() {
        add("foreignNode");
    }

    @Override
    public void connectFailed() {
        add("connectFailed");
    }

    @Override
    public void distrusted(Distrust reason) {
        add(reason.name());
    }
}
