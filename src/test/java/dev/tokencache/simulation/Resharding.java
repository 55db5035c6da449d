package dev.tokencache.simulation;

import dev.tokencache.redis.HashSlot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * Moves slots with keys from one master to another as {@code redis-cli --cluster reshard} does: one slot after the other, and
 * in each one key after the other, while clients use them. A step that a node cannot take now is repeated.
 */
final class Resharding {

    private static final Duration RETRY = Duration.ofMillis(200);
    private static final int MAX_SLOTS = 12;
    private static final Duration MAX_PAUSE = Duration.ofMillis(200);

    /** Slowly, so that callers meet each step. */
    private static final int MAX_SLOTS_SLOWLY = 2;

    private static final Duration MAX_PAUSE_SLOWLY = Duration.ofSeconds(5);

    /** Between the messages that assign a slot at each master. */
    private static final Duration MAX_PAUSE_OF_ASSIGNMENT = Duration.ofMillis(10);

    /** One transfer of this many copies the key, but times out before it deletes the original. */
    private static final int TIMEOUTS = 10;

    private final World world;
    private final SimulatedCluster cluster;
    private final SimulatedNode source;
    private final SimulatedNode target;
    private final RandomGenerator random;
    private final int maxSlots;
    private final long maxPauseNanos;
    private final Queue<Step> steps = new ArrayDeque<>();

    /** @param maxPauseNanos before the next one */
    private record Step(long maxPauseNanos, BooleanSupplier run) {}

    private Resharding(
            World world, SimulatedCluster cluster, SimulatedNode source, SimulatedNode target, RandomGenerator random) {
        this.world = world;
        this.cluster = cluster;
        this.source = source;
        this.target = target;
        this.random = random;
        boolean isSlow = random.nextInt(3) == 0;
        this.maxSlots = isSlow ? MAX_SLOTS_SLOWLY : MAX_SLOTS;
        this.maxPauseNanos = (isSlow ? MAX_PAUSE_SLOWLY : MAX_PAUSE).toNanos();
    }

    /** Begins to move some slots. */
    static Resharding start(
            World world, SimulatedCluster cluster, SimulatedNode source, SimulatedNode target, RandomGenerator random) {
        Resharding resharding = new Resharding(world, cluster, source, target, random);
        resharding.slots().forEach(resharding::add);
        resharding.next();
        return resharding;
    }

    /** Whether all slots are moved. */
    boolean isOver() {
        return steps.isEmpty();
    }

    private List<Integer> slots() {
        SimulatedNode.Run from = source.run();
        if (from == null) {
            return List.of();
        }
        List<Integer> slots = new ArrayList<>(from.data().keys(key -> true).stream()
                .map(Resharding::slot)
                .filter(from.bus()::owns)
                .distinct()
                .toList());
        while (slots.size() > maxSlots) {
            slots.remove(random.nextInt(slots.size()));
        }
        return slots;
    }

    private static int slot(String key) {
        return HashSlot.of(key.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void add(int slot) {
        slowly(() -> {
            world.log("resharding: slot " + slot + " from " + source.host() + " to " + target.host());
            target.importSlot(slot);
            return true;
        });
        slowly(() -> {
            source.migrate(slot, target.endpoint());
            return true;
        });
        slowly(() -> moveKey(slot));
        List<SimulatedNode> others = new ArrayList<>(cluster.nodes());
        others.removeAll(List.of(source, target));
        if (random.nextBoolean()) {
            // Since Redis 7; before, the order of the nodes is arbitrary.
            others.addAll(0, List.of(target, source));
        } else {
            others.add(random.nextInt(others.size() + 1), source);
            others.add(random.nextInt(others.size() + 1), target);
        }
        others.forEach(node -> steps.add(new Step(
                MAX_PAUSE_OF_ASSIGNMENT.toNanos(),
                () -> !node.isMaster() || node.run() == null || assign(node, slot))));
    }

    private void slowly(BooleanSupplier step) {
        steps.add(new Step(maxPauseNanos, step));
    }

    private void next() {
        Step step = steps.peek();
        if (step == null) {
            return;
        }
        boolean isPossible = isServing(source) && isServing(target);
        if (isPossible && step.run.getAsBoolean()) {
            steps.remove();
        }
        Duration pause = isPossible ? Duration.ofNanos(1 + random.nextLong(step.maxPauseNanos)) : RETRY;
        world.time().schedule(pause, this::next);
    }

    private static boolean isServing(SimulatedNode node) {
        SimulatedNode.Run run = node.run();
        return run != null
                && run.bus().isMaster()
                && !run.isLoading()
                && !run.process().isPaused();
    }

    /** Moves one key of the slot. Returns whether there was none left. */
    private boolean moveKey(int slot) {
        SimulatedNode.Run from = source.run();
        SimulatedNode.Run to = target.run();
        List<String> keys = from.data().keys(key -> slot(key) == slot);
        if (keys.isEmpty()) {
            return true;
        }
        String key = keys.get(random.nextInt(keys.size()));
        from.data().copyTo(to.data(), key);
        to.replicate();
        if (random.nextInt(TIMEOUTS) != 0) {
            from.data().run(List.of("DEL", key));
            from.replicate();
        }
        return false;
    }

    private boolean assign(SimulatedNode node, int slot) {
        SimulatedNode.Run run = node.run();
        run.process().run(() -> run.bus().assign(slot, target.id()));
        node.moved(slot);
        return true;
    }
}
