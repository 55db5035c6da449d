package dev.tokencache.redis;

import java.util.List;
import java.util.OptionalLong;

/**
 * A master with its replicas, as the router sees them.
 *
 * @param slots the ranges that it serves, for example {@code 0-5460}, separated by commas
 * @param slotCount how many slots these are
 * @param isUp whether a connection to the master is established
 * @param isBreakerOpen whether it receives no calls at the moment, because earlier ones had no reply
 */
public record ShardState(
        Endpoint master, String slots, int slotCount, boolean isUp, boolean isBreakerOpen, List<Replica> replicas) {

    public ShardState {
        replicas = List.copyOf(replicas);
    }

    /**
     * A replica.
     *
     * @param isUp whether a connection to it is established
     * @param isAttached whether it replied within a second and is connected to its master
     * @param lagBytes how much of the master's replication stream it lacks; empty if that is not known
     */
    public record Replica(Endpoint endpoint, boolean isUp, boolean isAttached, OptionalLong lagBytes) {}
}
