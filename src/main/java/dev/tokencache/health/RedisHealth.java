package dev.tokencache.health;

import java.util.List;

/** What readiness wants to know of the store; says nothing of addresses. */
@FunctionalInterface
public interface RedisHealth {

    Snapshot snapshot();

    /**
     * What was seen of Redis last.
     *
     * @param isClusterOk whether the cluster says of itself that it is in order
     * @param slotsCovered how many slots have a master
     * @param replicasPerMaster how many replicas that answer each master has; one entry per master that is known
     * @param replicas how many replicas are known
     * @param nodesUp how many nodes there is a connection to
     */
    record Snapshot(
            boolean isClusterOk, int slotsCovered, List<Integer> replicasPerMaster, long replicas, long nodesUp) {

        public Snapshot {
            replicasPerMaster = List.copyOf(replicasPerMaster);
        }

        /** How many masters are known. */
        long masters() {
            return replicasPerMaster.size();
        }

        /** How many masters would take their part of the tokens with them. */
        long mastersWithoutReplica() {
            return replicasPerMaster.stream().filter(count -> count == 0).count();
        }

        /** Whether there is a Redis that works: the cluster is in order, and somebody was there to say so. */
        boolean isServing() {
            return isClusterOk && nodesUp > 0;
        }
    }
}
