package dev.tokencache.endtoend;

import dev.tokencache.endtoend.Sessions.Session;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** A steady load by several groups of {@link Sessions} in parallel. Not thread-safe. */
final class People implements AutoCloseable {

    private static final int GROUPS = 4;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Notes notes = new Notes();
    private final List<ServiceClient> services;
    private final List<Sessions> groups = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(GROUPS);
    private final List<Future<?>> running = new ArrayList<>();
    private AtomicBoolean isOver = new AtomicBoolean();

    /**
     * Starts with people who are logged in already. The sessions of one subject are adjacent and even in number.
     *
     * @param services the services to call
     */
    People(List<ServiceClient> services, List<Session> present) {
        this.services = new CopyOnWriteArrayList<>(services);
        int share = present.size() / GROUPS;
        for (int i = 0; i < GROUPS; i++) {
            groups.add(new Sessions(this.services, present.subList(i * share, (i + 1) * share), notes, i));
        }
    }

    Notes notes() {
        return notes;
    }

    /** Replaces a service from now on. */
    void replace(int index, ServiceClient service) {
        services.set(index, service);
    }

    void start() {
        AtomicBoolean end = new AtomicBoolean();
        isOver = end;
        groups.forEach(group -> running.add(threads.submit(() -> {
            group.live(end, PAUSE);
            return null;
        })));
    }

    /** Makes no more calls and waits for the answers to those in flight. */
    void stop() {
        isOver.set(true);
        running.forEach(People::join);
        running.clear();
    }

    private static void join(Future<?> group) {
        try {
            group.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the load failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until some more calls were answered, whatever the outcome. */
    void letRun(int calls) {
        long enough = notes.calls() + calls;
        Awaitility.await("calls").atMost(PATIENCE).until(() -> notes.calls() >= enough);
    }

    /** Waits until most calls are served again. */
    void awaitServed() {
        Awaitility.await("service").atMost(PATIENCE).until(() -> {
            long unknown = notes.count(Outcome.UNKNOWN) + notes.count(Outcome.FAILED);
            letRun(50);
            return notes.count(Outcome.UNKNOWN) + notes.count(Outcome.FAILED) <= unknown + 1;
        });
    }

    /** Validates every token, all groups in parallel. The load must be stopped. */
    void checkAll() {
        together(Sessions::checkAll);
    }

    /** Repeats unacknowledged logouts. The load must be stopped. */
    void finishLogouts() {
        together(Sessions::finishLogouts);
    }

    private void together(Consumer<Sessions> action) {
        groups.stream()
                .<Future<?>>map(group -> threads.submit(() -> action.accept(group)))
                .toList()
                .forEach(People::join);
    }

    /** The number of live sessions with this origin. The load must be stopped. */
    long live(String origin) {
        return groups.stream().mapToLong(group -> group.live(origin)).sum();
    }

    @Override
    public void close() {
        isOver.set(true);
        threads.shutdownNow();
    }
}
