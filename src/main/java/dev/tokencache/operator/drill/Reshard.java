package dev.tokencache.operator.drill;

import dev.tokencache.operator.drill.ClusterState.Node;
import dev.tokencache.operator.drill.ClusterState.Shard;
import dev.tokencache.operator.drill.DrillPlan.Settings;
import dev.tokencache.operator.drill.DrillPlan.Step;
import dev.tokencache.token.InvalidRequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moves slots with keys of the service from one shard to the next and back, as {@code redis-cli --cluster reshard} does: see
 * {@code CLUSTER SETSLOT}, "Redis Cluster live resharding explained".
 */
final class Reshard {

    private static final String MAX_KEYS = "100";
    private static final String TIMEOUT_MILLIS = "5000";

    /** Longer than half of {@code cluster-node-timeout}, in which every node hears from every other one. */
    private static final Duration GOSSIP = Duration.ofSeconds(20);

    private Reshard() {}

    static List<Step> steps(ClusterState cluster, Settings settings) {
        List<Shard> shards = cluster.shards();
        if (shards.size() < 2) {
            throw new InvalidRequestException(
                    "type", "the cluster has one shard: there is no other one to move slots to");
        }
        Shard from = DrillPlan.shard(cluster, settings);
        Shard to = shards.get((from.index() + 1) % shards.size());
        String what = settings.slots() + " slots with canaries";
        List<DrillRun.Undone> away = new ArrayList<>();
        return List.of(
                new Step(
                        "move " + what + " from " + from.master() + " to " + to.master(),
                        from.index(),
                        from.master().address(),
                        run -> slots(run, from)
                                .forEach(slot -> away.add(moveAway(run, slot, from.master(), to.master())))),
                new Step(
                        "move them back to " + from.master(),
                        from.index(),
                        from.master().address(),
                        run -> {
                            for (int slot : slots(run, from)) {
                                move(run, slot, to.master(), from.master());
                                run.check();
                            }
                            away.forEach(run::settled);
                        }));
    }

    private static List<Integer> slots(DrillRun run, Shard from) {
        return run.site.canaries().slots(from.index()).stream()
                .distinct()
                .sorted()
                .limit(run.settings().slots())
                .toList();
    }

    private static DrillRun.Undone moveAway(DrillRun run, int slot, Node from, Node to) {
        DrillRun.Undone undone = run.undone(
                "slot " + slot + " of " + from + " is at " + to + ", or partly moved",
                "redis-cli --cluster fix " + from + ", then redis-cli --cluster reshard " + from,
                () -> bringBack(run, slot, from, to));
        run.struck();
        move(run, slot, from, to);
        run.check();
        return undone;
    }

    /** Moves a slot. Ends the drill before, if it must end, or if the new owner could not keep the slot. */
    private static void move(DrillRun run, int slot, Node from, Node to) {
        run.await(to + " to know the configuration epoch of " + from, GOSSIP, () -> unknownEpoch(run, from, to));
        moveNow(run, slot, from, to);
    }

    private static void moveNow(DrillRun run, int slot, Node from, Node to) {
        String number = Integer.toString(slot);
        run.send(to, "CLUSTER", "SETSLOT", number, "IMPORTING", from.id());
        run.send(from, "CLUSTER", "SETSLOT", number, "MIGRATING", to.id());
        moveKeys(run, number, from, to);
        run.send(to, "CLUSTER", "SETSLOT", number, "NODE", to.id());
        run.send(from, "CLUSTER", "SETSLOT", number, "NODE", to.id());
        for (Shard other : run.plan.before().shards()) {
            if (!other.master().id().equals(from.id()) && !other.master().id().equals(to.id())) {
                // Ahead of the gossip, which brings the same.
                run.attempt(other.master(), "CLUSTER", "SETSLOT", number, "NODE", to.id());
            }
        }
    }

    /**
     * The new owner of a slot takes a new configuration epoch only if another node has a later one, as far as it knows. If it did
     * not know that of the old owner, a message of the old owner from before the move would take the slot from it again, and
     * the slot would have no owner.
     */
    private static Optional<String> unknownEpoch(DrillRun run, Node from, Node to) {
        long known = epoch(run, from, to);
        long own = epoch(run, from, from);
        return known >= own ? Optional.empty() : Optional.of("it knows " + known + " instead of " + own);
    }

    private static long epoch(DrillRun run, Node node, Node asKnownBy) {
        return run.member(ClusterState.view(run.nodes(), List.of(asKnownBy.address())), node.id())
                .line()
                .epoch();
    }

    private static void moveKeys(DrillRun run, String slot, Node from, Node to) {
        while (true) {
            List<String> keys = run.nodes().list(from.address(), "CLUSTER", "GETKEYSINSLOT", slot, MAX_KEYS);
            if (keys.isEmpty()) {
                return;
            }
            if (!keys.stream().allMatch(key -> key.startsWith(run.settings().keyPrefix()))) {
                throw run.broken("slot " + slot + " has keys of another program");
            }
            List<String> command = new ArrayList<>(List.of(
                    "MIGRATE",
                    to.address().host(),
                    Integer.toString(to.address().port()),
                    "",
                    "0",
                    TIMEOUT_MILLIS));
            command.addAll(run.nodes().migrateLogin());
            command.add("KEYS");
            command.addAll(keys);
            run.send(from, command.toArray(String[]::new));
        }
    }

    /** Ends a half-done move where it began, or moves the slot back. */
    private static void bringBack(DrillRun run, int slot, Node from, Node to) {
        boolean hasMoved = ClusterState.view(run.nodes(), List.of(to.address()))
                .owner(slot)
                .map(owner -> owner.id().equals(to.id()))
                .orElse(false);
        if (hasMoved) {
            if (!run.waits(GOSSIP, () -> unknownEpoch(run, to, from).isEmpty())) {
                throw new Nodes.Failure(from + " does not know the configuration epoch of " + to);
            }
            moveNow(run, slot, to, from);
        } else {
            String number = Integer.toString(slot);
            moveKeys(run, number, to, from);
            run.send(from, "CLUSTER", "SETSLOT", number, "STABLE");
            run.send(to, "CLUSTER", "SETSLOT", number, "STABLE");
        }
    }
}
