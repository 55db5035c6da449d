package dev.tokencache.redis.topology;

import dev.tokencache.redis.AddressMap;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.util.List;

/**
 * A range of slots, both ends inclusive, and the nodes that serve them. The owner is the id of the master; of two
 * owners of a slot, the one with the higher config epoch is right.
 */
public record SlotRange(int first, int last, String owner, long epoch, Endpoint master, List<Endpoint> replicas) {

    public SlotRange {
        if (first < 0 || last < first || last >= HashSlot.COUNT) {
            throw new IllegalArgumentException("invalid slot range: " + first + "-" + last);
        }
        replicas = List.copyOf(replicas);
    }

    /** A range of a server without ids and epochs. */
    public SlotRange(int first, int last, Endpoint master, List<Endpoint> replicas) {
        this(first, last, "", 0, master, replicas);
    }

    SlotRange between(int newFirst, int newLast) {
        return new SlotRange(newFirst, newLast, owner, epoch, master, replicas);
    }

    /** This range with all announced addresses translated to reachable ones. */
    SlotRange mapped(AddressMap addresses) {
        return new SlotRange(
                first,
                last,
                owner,
                epoch,
                addresses.reachable(master),
                replicas.stream().map(addresses::reachable).toList());
    }
}
