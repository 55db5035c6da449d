package dev.tokencache.redis.topology;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import dev.tokencache.redis.RouterState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Maps each slot to the node that serves it. Immutable. */
public final class SlotMap {

    /** The map before the cluster is discovered: no slot has a node. */
    public static final SlotMap EMPTY = new SlotMap(List.of(), new Endpoint[HashSlot.COUNT]);

    private final List<SlotRange> ranges;
    private final @Nullable Endpoint[] masters;

    private SlotMap(List<SlotRange> ranges, @Nullable Endpoint[] masters) {
        this.ranges = ranges;
        this.masters = masters;
    }

    public static SlotMap of(List<SlotRange> ranges) {
        @Nullable Endpoint[] masters = new Endpoint[HashSlot.COUNT];
        for (SlotRange range : ranges) {
            Arrays.fill(masters, range.first(), range.last() + 1, range.master());
        }
        return new SlotMap(List.copyOf(ranges), masters);
    }

    /** The map of a standalone server, which serves all slots. */
    public static SlotMap standalone(Endpoint server) {
        return of(List.of(new SlotRange(0, HashSlot.COUNT - 1, server, List.of())));
    }

    public @Nullable Endpoint master(int slot) {
        return masters[slot];
    }

    /** The replicas of a slot's master, possibly none. Searches the ranges linearly: not for the hot path. */
    List<Endpoint> replicas(int slot) {
        for (SlotRange range : ranges) {
            if (range.first() <= slot && slot <= range.last()) {
                return range.master().equals(masters[slot]) ? range.replicas() : List.of();
            }
        }
        return List.of();
    }

    /** Every master with the first of its slots. */
    Map<Endpoint, Integer> firstSlots() {
        Map<Endpoint, Integer> first = new LinkedHashMap<>();
        for (int slot = 0; slot < masters.length; slot++) {
            Endpoint master = masters[slot];
            // Hashes a master once per range: several polls a second need all masters.
            if (master != null && (slot == 0 || master != masters[slot - 1])) {
                first.putIfAbsent(master, slot);
            }
        }
        return first;
    }

    SlotMap moved(int slot, Endpoint master) {
        if (master.equals(masters[slot])) {
            return this;
        }
        @Nullable Endpoint[] changed = masters.clone();
        changed[slot] = master;
        return new SlotMap(ranges, changed);
    }

    /** Whether this map equals these ranges, with no slot moved since. */
    boolean isOf(List<SlotRange> others) {
        if (!ranges.equals(others)) {
            return false;
        }
        for (SlotRange range : ranges) {
            for (int slot = range.first(); slot <= range.last(); slot++) {
                if (!range.master().equals(masters[slot])) {
                    return false;
                }
            }
        }
        return true;
    }

    public int covered() {
        return (int) Arrays.stream(masters).filter(Objects::nonNull).count();
    }

    /** Every master with its replicas. A master known only from a redirection has no replicas yet. */
    public Map<Endpoint, Set<Endpoint>> shards() {
        Map<Endpoint, Set<Endpoint>> shards = new LinkedHashMap<>();
        firstSlots().keySet().forEach(master -> shards.put(master, new LinkedHashSet<>()));
        for (SlotRange range : ranges) {
            shards.computeIfPresent(range.master(), (master, replicas) -> {
                replicas.addAll(range.replicas());
                return replicas;
            });
        }
        return shards;
    }

    /** The slots of a master as ranges, for example {@code 0-5460,6000}. */
    public String rangesOf(Endpoint master) {
        StringJoiner text = new StringJoiner(",");
        for (int first = 0; first < masters.length; first++) {
            if (master.equals(masters[first])) {
                int last = first;
                while (last + 1 < masters.length && master.equals(masters[last + 1])) {
                    last++;
                }
                text.add(first == last ? String.valueOf(first) : first + "-" + last);
                first = last;
            }
        }
        return text.toString();
    }

    public int countOf(Endpoint master) {
        return (int) Arrays.stream(masters).filter(master::equals).count();
    }

    public RouterState state(boolean isClusterOk, int openBreakers, Predicate<Endpoint> isUp) {
        List<RouterState.Node> nodes = new ArrayList<>();
        shards().forEach((master, replicas) -> {
            nodes.add(new RouterState.Node(master, true, isUp.test(master)));
            replicas.forEach(replica -> nodes.add(new RouterState.Node(replica, false, isUp.test(replica))));
        });
        return new RouterState(isClusterOk, covered(), openBreakers, nodes);
    }
}
