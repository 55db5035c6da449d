package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.DrillState.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the steps of a running drill use. Each wait checks whether the drill must end. Used by one thread. */
final class DrillRun {

    static final Duration POLL = Duration.ofMillis(100);
    private static final Duration FAST_POLL = Duration.ofMillis(20);

    /**
     * What an operator has to do if the drill ends now.
     *
     * @param repair does it; null if only an operator can
     */
    record Undone(String text, String command, @Nullable Runnable repair) {}

    /** Ends the steps. */
    static final class Ended extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final boolean isBroken;

        Ended(boolean isBroken, String reason) {
            super(reason, null, false, false);
            this.isBroken = isBroken;
        }

        /** Whether it contradicts the hypothesis. Otherwise nothing is known of it. */
        boolean isBroken() {
            return isBroken;
        }
    }

    final DrillPlan plan;
    final Drill.Site site;
    final Pace pace;
    private final Runnable check;
    private final List<Event> timeline = new ArrayList<>();
    private final List<Undone> undone = new ArrayList<>();
    private OptionalLong struckNanos = OptionalLong.empty();
    private OptionalLong recoveredNanos = OptionalLong.empty();
    private Duration stalled = Duration.ZERO;

    /** @param check throws {@link Ended} if the drill must end */
    DrillRun(DrillPlan plan, Drill.Site site, Runnable check) {
        this.plan = plan;
        this.site = site;
        this.pace = site.pace();
        this.check = check;
    }

    DrillPlan.Settings settings() {
        return plan.settings();
    }

    Nodes nodes() {
        return site.nodes();
    }

    void say(String text) {
        timeline.add(new Event(DrillReport.time(pace.now()), text));
        site.listener().said(text);
    }

    /** The fault, or the planned change, happens now. Only the first one counts. */
    void struck() {
        struckNanos = struckNanos.isPresent() ? struckNanos : OptionalLong.of(pace.nanos());
    }

    /** The shard has a master again. */
    void recovered() {
        recoveredNanos = OptionalLong.of(pace.nanos());
    }

    Ended broken(String reason) {
        return new Ended(true, reason);
    }

    /** Reads the state of the cluster. */
    ClusterState cluster() {
        return ClusterState.read(nodes(), plan.before().addresses());
    }

    /** As {@link #cluster}, without what each node reports of itself. */
    ClusterState view() {
        return ClusterState.view(nodes(), plan.before().addresses());
    }

    Node member(ClusterState cluster, String id) {
        return cluster.node(id).orElseThrow(() -> new Nodes.Failure("a node has left the cluster"));
    }

    /** The node, with what it reports of itself now. */
    Node nodeNow(Node node) {
        return new Node(node.line(), node.address(), ClusterState.info(nodes(), node.address()));
    }

    boolean isMaster(Node node) {
        return "master".equals(nodeNow(node).info().get("role"));
    }

    /** Sends a command that must succeed. */
    String send(Node node, String... command) {
        try {
            return nodes().text(node.address(), command);
        } catch (Nodes.Failure failure) {
            throw new Nodes.Failure(command[0] + " to " + node + ": " + failure.getMessage());
        }
    }

    /** Sends a command that may fail. */
    void attempt(Node node, String... command) {
        try {
            nodes().text(node.address(), command);
        } catch (Nodes.Failure expected) {
            // The caller checks what it is for.
        }
    }

    /** Runs the hook, and waits for its end as {@link #await} does. */
    void hook(Hook hook, String action, Node node) {
        say("hook: " + action + " " + node);
        FutureTask<?> task = new FutureTask<>(() -> hook.run(action, node), null);
        site.hooks().execute(task);
        while (!task.isDone()) {
            check();
            pause(POLL);
        }
        try {
            task.get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            throw broken(
                    "the hook failed at " + action + " " + node + ": " + (cause == null ? "" : cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Ended(false, "interrupted");
        }
    }

    void check() {
        check.run();
    }

    /** Waits until there is no obstacle. Ends the drill if there is one after the limit. */
    void await(String what, Duration limit, Supplier<Optional<String>> obstacle) {
        long end = pace.nanos() + limit.toNanos();
        while (true) {
            Optional<String> reason = reason(obstacle);
            check();
            if (reason.isEmpty()) {
                return;
            }
            if (pace.nanos() - end >= 0) {
                throw broken("waited " + DrillPlan.seconds(limit) + " for " + what + ": " + reason.get());
            }
            pause(POLL);
        }
    }

    private static Optional<String> reason(Supplier<Optional<String>> obstacle) {
        try {
            return obstacle.get();
        } catch (Nodes.Failure failure) {
            return Optional.of(String.valueOf(failure.getMessage()));
        }
    }

    /** Waits for a condition without ending the drill: something is half done. Returns false after the limit. */
    boolean waits(Duration limit, BooleanSupplier condition) {
        long end = pace.nanos() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (pace.nanos() - end >= 0) {
                return false;
            }
            pause(FAST_POLL);
        }
        return true;
    }

    /** Lets time pass while the canaries are asked. */
    void observe(Duration time) {
        long end = pace.nanos() + time.toNanos();
        while (pace.nanos() - end < 0) {
            check();
            pause(POLL);
        }
    }

    private void pause(Duration time) {
        long before = pace.nanos();
        pace.pause(time);
        Duration late = Duration.ofNanos(pace.nanos() - before).minus(time);
        stalled = late.compareTo(stalled) > 0 ? late : stalled;
    }

    Undone undone(String text, String command) {
        return undone(text, command, null);
    }

    Undone undone(String text, String command, @Nullable Runnable repair) {
        Undone entry = new Undone(text, command, repair);
        undone.add(entry);
        return entry;
    }

    void settled(Undone entry) {
        undone.remove(entry);
    }

    void settledAll() {
        undone.clear();
    }

    /** Undoes what can be undone, last first. What is left is for the operator. */
    void repair() {
        for (int i = undone.size() - 1; i >= 0; i--) {
            Undone entry = undone.get(i);
            if (entry.repair() != null) {
                try {
                    entry.repair().run();
                    undone.remove(i);
                    say("undone: " + entry.text());
                } catch (RuntimeException failed) {
                    say("cannot undo \"" + entry.text() + "\": " + failed.getMessage());
                }
            }
        }
    }

    List<Undone> left() {
        return List.copyOf(undone);
    }

    List<Event> timeline() {
        return List.copyOf(timeline);
    }

    OptionalLong struckNanos() {
        return struckNanos;
    }

    OptionalLong recoveredNanos() {
        return recoveredNanos;
    }

    /** The longest time that a pause took too long: no measured time is more exact. */
    Duration stalled() {
        return stalled;
    }
}
