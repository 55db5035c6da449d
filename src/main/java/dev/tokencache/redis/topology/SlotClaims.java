package dev.tokencache.redis.topology;

import dev.tokencache.redis.HashSlot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For each slot the owner with the highest config epoch among those that several views name. Each change of an owner
 * increases the config epoch (Redis Cluster specification, "Hash slots configuration propagation"), so a view that lags behind
 * changes nothing.
 */
final class SlotClaims {

    private final @Nullable SlotRange[] claims = new SlotRange[HashSlot.COUNT];

    /** Adds the ranges of a view: a slot moves only to an owner with a higher epoch. */
    SlotClaims add(List<SlotRange> ranges) {
        for (SlotRange range : ranges) {
            for (int slot = range.first(); slot <= range.last(); slot++) {
                SlotRange held = claims[slot];
                if (held == null || range.epoch() > held.epoch() || isUpdate(range, held)) {
                    claims[slot] = range;
                }
            }
        }
        return this;
    }

    /** Whether this is the same owner, maybe with another address or other replicas. */
    private static boolean isUpdate(SlotRange range, SlotRange held) {
        return range.epoch() == held.epoch() && range.owner().equals(held.owner());
    }

    List<SlotRange> ranges() {
        List<SlotRange> ranges = new ArrayList<>();
        int first = 0;
        for (int slot = 1; slot <= HashSlot.COUNT; slot++) {
            SlotRange claim = claims[first];
            if (slot == HashSlot.COUNT || !isSame(claim, claims[slot])) {
                if (claim != null) {
                    ranges.add(claim.between(first, slot - 1));
                }
                first = slot;
            }
        }
        return ranges;
    }

    private static boolean isSame(@Nullable SlotRange one, @Nullable SlotRange other) {
        return one == other || (one != null && other != null && one.equals(other.between(one.first(), one.last())));
    }
}
