package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.util.List;

/**
 * A range of consecutive slots and the nodes that serve them.
 *
 * @param first the first slot
 * @param last the last slot, inclusive
 * @param master the node that takes writes
 * @param replicas its replicas, possibly none
 */
public record SlotRange(int first, int last, Endpoint master, List<Endpoint> replicas) {

    public SlotRange {
        if (first < 0 || last < first || last >= HashSlot.COUNT) {
            throw new IllegalArgumentException("invalid slot range: " + first + "-" + last);
        }
        replicas = List.copyOf(replicas);
    }

    /** This range with all announced addresses translated to reachable ones. */
    SlotRange mapped(AddressMap addresses) {
        return new SlotRange(
                first,
                last,
                addresses.reachable(master),
                replicas.stream().map(addresses::reachable).toList());
    }
}
