package dev.tokencache.health;

/** What readiness wants to know of the store; says nothing of addresses. */
@FunctionalInterface
public interface RedisHealth {

    Snapshot snapshot();

    /**
     * What was seen of Redis last.
     *
     * @param isClusterOk whether the cluster says of itself that it is in order
     * @param slotsCovered how many slots have a master
     * @param masters how many masters are known
     * @param replicas how many replicas are known
     * @param nodesUp how many nodes there is a connection to
     */
    record Snapshot(boolean isClusterOk, int slotsCovered, long masters, long replicas, long nodesUp) {}
}
